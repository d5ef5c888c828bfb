import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { addIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { DataHubError } from '../api/errors';
import type { NotebookRequest, Transfer } from '../api/models';
import { report } from '../api/report';
import { CommandIDs, IDataHub } from '../tokens';

/** Makes notebooks that begin with datasets of a store, and copies of those saved there. */
export const makingPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-datahub:making',
  description: 'Makes notebooks about datasets.',
  autoStart: true,
  requires: [IDataHub],
  optional: [IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    hub: IDataHub,
    fileBrowser: IDefaultFileBrowser | null
  ): void => {
    const { trans } = hub;
    const make = async (
      wish: Pick<NotebookRequest, 'refs' | 'copy'>
    ): Promise<void> => {
      try {
        if (wish.copy && !(await fetched(wish.copy, hub))) {
          return;
        }
        const path = await hub.client.makeNotebook({
          ...wish,
          directory: fileBrowser?.model.path ?? ''
        });
        await app.commands.execute('docmanager:open', {
          path,
          factory: 'Notebook'
        });
      } catch (error) {
        if (!needsConnection(error)) {
          report(error, trans);
          return;
        }
        const { sentences } = await import('../api/sentences');
        Notification.error(sentences([error.message, error.hint]), {
          autoClose: false,
          actions: [
            {
              label: trans.__('Connections'),
              displayType: 'accent',
              callback: () => {
                void app.commands
                  .execute(CommandIDs.connections, { name: error.source })
                  .then(() => make(wish));
              }
            }
          ]
        });
      }
    };
    app.commands.addCommand(CommandIDs.newNotebook, {
      label: ({ copy }) =>
        copy
          ? trans.__('Open a copy of the notebook')
          : trans.__('New notebook'),
      caption: trans.__('Make a notebook that begins with these datasets'),
      icon: addIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            refs: {
              type: 'array',
              items: { type: 'string' },
              description: trans.__(
                'Identifiers of datasets, or of their owner'
              )
            },
            copy: {
              type: 'string',
              description: trans.__('Identifier of a saved notebook to copy')
            },
            title: {
              type: 'string',
              description: trans.__('What the notebook is about')
            }
          }
        }
      },
      isEnabled: args => wishOf(args) !== null,
      execute: async args => {
        const wish = wishOf(args);
        if (wish) {
          await make(wish);
        }
      }
    });
  }
};

/** Bring a file here; gives whether it came, as its transfer tells of anything else. */
async function fetched(
  ref: string,
  hub: Pick<IDataHub, 'download' | 'transfers'>
): Promise<boolean> {
  const { transfers } = hub;
  const transfer = await hub.download(ref);
  if (!transfer) {
    return false;
  }
  const { id } = transfer;
  const state = (): Transfer['state'] | undefined =>
    transfers.items.find(item => item.id === id)?.state;
  const ended = (): boolean =>
    ['done', 'failed', 'cancelled', undefined].includes(state());
  if (!ended()) {
    await new Promise<void>(resolve => {
      const look = (): void => {
        if (ended()) {
          transfers.changed.disconnect(look);
          resolve();
        }
      };
      transfers.changed.connect(look);
    });
  }
  return state() === 'done';
}

function needsConnection(error: unknown): error is DataHubError {
  return (
    error instanceof DataHubError &&
    ['no_access', 'expired'].includes(error.code)
  );
}

/** What a notebook is wished for; null where nothing is named. */
function wishOf({
  refs,
  copy
}: ReadonlyPartialJSONObject): Pick<NotebookRequest, 'refs' | 'copy'> | null {
  if (typeof copy === 'string' && copy) {
    return { copy };
  }
  const names = Array.isArray(refs)
    ? refs.filter((ref): ref is string => typeof ref === 'string')
    : [];
  return names.length > 0 ? { refs: names } : null;
}
