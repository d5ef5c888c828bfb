import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, type TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';

import { report } from '../api/report';
import type { ISidebarContext } from '../browser/context';
import { saveToIcon } from '../icons/stores';
import { allInputsOf, METADATA_KEY } from '../notebook/provenance';
import { CommandIDs, IDataHub } from '../tokens';
import { chooseFiles } from './choosing';
import type { INotebook } from './notebook';

/** Saves notebooks with their results to stores. */
export const savePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-datahub:save',
  description: 'Saves notebooks with their results to stores such as openBIS.',
  autoStart: true,
  requires: [IDataHub, INotebookTracker],
  optional: [IDocumentManager, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    hub: IDataHub,
    notebooks: INotebookTracker,
    manager: IDocumentManager | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const { commands } = app;
    const { trans } = hub;
    const context: ISidebarContext = {
      hub,
      commands,
      run: action => {
        action().catch((error: unknown) => report(error, trans));
      }
    };
    commands.addCommand(CommandIDs.save, {
      label: ({ owner }) =>
        owner ? trans.__('Save the notebook here') : trans.__('Save to store'),
      caption: trans.__('Save to store: the notebook with its results'),
      icon: saveToIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            source: {
              type: 'string',
              description: trans.__('Name of the store')
            },
            owner: {
              type: 'string',
              description: trans.__('Identifier of what it belongs to there')
            },
            identifier: {
              type: 'string',
              description: trans.__('The same, as people read it')
            },
            path: {
              type: 'string',
              description: trans.__(
                'The notebook, relative to the root of the server; the active one where it is missing'
              )
            },
            files: {
              type: 'array',
              items: { type: 'string' },
              description: trans.__(
                'Files and folders that are saved with it, relative to the same root'
              )
            }
          }
        }
      },
      execute: async ({ source, owner, identifier, path, files }) => {
        const panel =
          typeof path === 'string' && path
            ? await opened(path, notebooks, manager, app)
            : notebooks.currentWidget;
        if (!panel) {
          Notification.info(
            trans.__('Open the notebook that is to be saved, then try again.')
          );
          return;
        }
        const { showSave } = await import('./dialog');
        const words = typeof identifier === 'string' ? identifier : '';
        showSave(context, notebookOf(panel, manager, translator, app, trans), {
          ...(typeof source === 'string' && typeof owner === 'string'
            ? {
                source,
                owner: { ref: owner, identifier: words || owner },
                ownerText: words || owner
              }
            : {}),
          ...(Array.isArray(files) ? { files: files.map(String) } : {})
        });
      }
    });
    palette?.addItem({
      command: CommandIDs.save,
      category: trans.__('DataHub')
    });
  }
};

/** The panel of a notebook, which is opened where it is not; null where it cannot be. */
async function opened(
  path: string,
  notebooks: INotebookTracker,
  manager: IDocumentManager | null,
  { serviceManager, shell }: JupyterFrontEnd
): Promise<NotebookPanel | null> {
  const found = notebooks.find(
    ({ context }) => serviceManager.contents.localPath(context.path) === path
  );
  if (found) {
    shell.activateById(found.id);
    return found;
  }
  const widget = manager?.openOrReveal(path);
  await widget?.context.ready.catch(() => undefined);
  const { currentWidget } = notebooks;
  return currentWidget === widget ? currentWidget : null;
}

/** An open notebook as the dialog sees it. */
function notebookOf(
  panel: NotebookPanel,
  manager: IDocumentManager | null,
  translator: ITranslator | null,
  app: JupyterFrontEnd,
  trans: TranslationBundle
): INotebook {
  const { context, content } = panel;
  const { contents } = app.serviceManager;
  const path = contents.localPath(context.path);
  return {
    path,
    name: PathExt.basename(path),
    plain: false,
    inputs: content.model ? allInputsOf(content.model) : [],
    save: async keepHistory => {
      const { model } = content;
      if (model && keepHistory) {
        markHistory(model);
      }
      await context.save();
    },
    chooseFiles: () => chooseFiles(path, contents, manager, translator, trans)
  };
}

/** Give a notebook what groups its versions, where it has none yet. */
function markHistory(
  model: Pick<
    NonNullable<NotebookPanel['content']['model']>,
    'getMetadata' | 'setMetadata'
  >
): void {
  const metadata: unknown = model.getMetadata(METADATA_KEY);
  const before =
    typeof metadata === 'object' && metadata !== null ? metadata : {};
  if (!('history_id' in before)) {
    model.setMetadata(METADATA_KEY, { ...before, history_id: UUID.uuid4() });
  }
}
