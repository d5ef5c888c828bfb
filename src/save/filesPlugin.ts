import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator } from '@jupyterlab/translation';

import { report } from '../api/report';
import { saveToIcon } from '../icons/stores';
import { CommandIDs, IDataHub } from '../tokens';
import { chooseFiles } from './choosing';
import type { INotebook } from './notebook';

/** Saves what is selected in the file browser to stores, with or without a notebook. */
export const saveFilesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-datahub:save-files',
  description: 'Saves files of the file browser to stores such as buckets.',
  autoStart: true,
  requires: [IDataHub, IFileBrowserFactory],
  optional: [IDocumentManager, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    hub: IDataHub,
    browsers: IFileBrowserFactory,
    manager: IDocumentManager | null,
    translator: ITranslator | null
  ): void => {
    const { commands, serviceManager } = app;
    const { contents } = serviceManager;
    const { trans } = hub;
    const selected = (): string[] =>
      [...(browsers.tracker.currentWidget?.selectedItems() ?? [])]
        .map(({ path }) => contents.localPath(path))
        .sort(notebooksFirst);

    const plain = (path: string): INotebook => ({
      path,
      name: PathExt.basename(path),
      plain: true,
      inputs: [],
      save: async () => {
        const open = manager?.findWidget(path)?.context;
        if (open?.model.dirty) {
          await open.save();
        }
      },
      chooseFiles: () => chooseFiles(path, contents, manager, translator, trans)
    });

    commands.addCommand(CommandIDs.saveFiles, {
      label: trans.__('Save to store'),
      caption: trans.__('Save what is selected to a store such as a bucket'),
      icon: saveToIcon,
      isEnabled: () => selected().length > 0,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        const [path, ...files] = selected();
        if (!path) {
          return;
        }
        if (isNotebook(path)) {
          await commands.execute(CommandIDs.save, { path, files });
          return;
        }
        const { showSave } = await import('./dialog');
        showSave(
          {
            hub,
            commands,
            run: action => {
              action().catch((error: unknown) => report(error, trans));
            }
          },
          plain(path),
          { files }
        );
      }
    });
  }
};

function isNotebook(path: string): boolean {
  return path.endsWith('.ipynb');
}

/** A notebook leads what is saved with it; else the order of names decides. */
export function notebooksFirst(one: string, other: string): number {
  return (
    Number(isNotebook(other)) - Number(isNotebook(one)) ||
    one.localeCompare(other)
  );
}
