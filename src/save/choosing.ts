import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

/** Let the user choose files that are saved with one; none where nothing is chosen. */
export async function chooseFiles(
  path: string,
  contents: Contents.IManager,
  manager: IDocumentManager | null,
  translator: ITranslator | null,
  trans: TranslationBundle
): Promise<readonly string[]> {
  if (!manager) {
    return [];
  }
  const { button, value } = await FileDialog.getOpenFiles({
    manager,
    translator: translator ?? undefined,
    title: trans.__('Files to save with %1', PathExt.basename(path)),
    defaultPath: PathExt.dirname(path),
    filter: item => (item.path === path ? null : {})
  });
  return button.accept
    ? (value ?? [])
        .filter(({ type }) => type !== 'directory')
        .map(item => contents.localPath(item.path))
    : [];
}
