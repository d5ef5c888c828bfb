import {
  ILabShell,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ISessionContextDialogs,
  SessionContextDialogs
} from '@jupyterlab/apputils';
import { IConsoleTracker } from '@jupyterlab/console';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { DataHubClient } from '../api/client';
import { report } from '../api/report';
import { dataHubIcon, loadIcon } from '../icons';
import { mannerOf } from '../loading/manner';
import type { IKernelState } from '../loading/kernel';
import { CommandIDs, IDataHub } from '../tokens';
import { NotebookDrop } from './drop';
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { Deliveries } from './deliveries';
// What waits for a transfer goes on as soon as the page is there.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { Loads } from './loads';
import type { AddDataPopover } from './popover';
import { takeOver } from './provenance';
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { Targets } from './targets';
import { ILoadTarget } from './tokens';

import { BrowserStore, StateStore } from './wish-store';
import { WishList } from './wishes';

/** Milliseconds that a page of another document is given to take a load. */
const OTHER_PAGE = 8000;

/** Everything that happens at a notebook: loading, dropping, the search at its toolbar. */
export const notebookPlugin: JupyterFrontEndPlugin<ILoadTarget> = {
  id: 'jupyterlab-datahub:notebook',
  description: 'Loads datasets into notebooks and consoles.',
  autoStart: true,
  provides: ILoadTarget,
  requires: [IDataHub, INotebookTracker],
  optional: [
    IConsoleTracker,
    ISessionContextDialogs,
    IDefaultFileBrowser,
    IStateDB,
    ILabShell,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    hub: IDataHub,
    notebooks: INotebookTracker,
    consoles: IConsoleTracker | null,
    sessionDialogs: ISessionContextDialogs | null,
    fileBrowser: IDefaultFileBrowser | null,
    stateDB: IStateDB | null,
    labShell: ILabShell | null,
    translator: ITranslator | null
  ): ILoadTarget => {
    const { trans } = hub;
    const translate = translator ?? nullTranslator;
    const dialogs =
      sessionDialogs ?? new SessionContextDialogs({ translator: translate });
    const targets = new Targets(app, notebooks, consoles, dialogs, translate);
    const { baseUrl } = app.serviceManager.serverSettings;
    const wishes = new WishList(
      // Where each document has a page of its own, a load may go on at another page.
      labShell ? stateDB && new StateStore(stateDB) : new BrowserStore(baseUrl)
    );
    const loads = new Loads({
      app,
      hub,
      targets,
      wishes,
      deliveries: new Deliveries(app, hub, targets, dialogs),
      directory: () => fileBrowser?.model.path ?? '',
      patience: labShell ? 0 : OTHER_PAGE
    });
    void app.restored
      .then(() => loads.resume())
      .catch((error: unknown) => report(error, trans));

    const open = (panel: NotebookPanel): void => {
      let { path } = panel.context;
      panel.context.pathChanged.connect((_, changed) => {
        wishes.rename(path, changed);
        path = changed;
      });
      const drop = new NotebookDrop(panel, ({ ref, title }, place) => {
        app.shell.activateById(panel.id);
        void loads.load(ref, title, {
          target: targets.ofNotebook(panel),
          place
        });
      });
      panel.disposed.connect(() => drop.dispose());
      void panel.context.ready.then(async () => {
        loads.look();
        panel.context.saveState.connect((_, state) => {
          if (state === 'started' && panel.content.model) {
            takeOver(panel.content.model);
          }
        });
        const { tellOrigins } = await import('./origins');
        await tellOrigins(
          {
            name: targets.ofNotebook(panel).name,
            metadata: panel.content.model?.sharedModel.metadata ?? {}
          },
          hub
        );
      });
    };
    notebooks.forEach(open);
    notebooks.widgetAdded.connect((_, panel) => open(panel));

    app.commands.addCommand(CommandIDs.load, {
      label: ({ label }) =>
        typeof label === 'string' ? label : trans.__('Load in notebook'),
      caption: trans.__(
        'Put a dataset into the notebook or console that was used last'
      ),
      icon: loadIcon,
      describedBy: {
        args: {
          type: 'object',
          required: ['ref'],
          properties: {
            ref: {
              type: 'string',
              description: trans.__('Identifier of the dataset')
            },
            title: {
              type: 'string',
              description: trans.__('Title of the dataset')
            },
            layer: {
              type: 'string',
              description: trans.__('Layer that is to be X')
            },
            way: {
              type: 'string',
              description: trans.__(
                'How much is loaded: whole, backed, lazy, dask or selection'
              )
            },
            cluster: {
              type: 'string',
              description: trans.__('Address of a scheduler of Dask')
            },
            here: {
              type: 'boolean',
              description: trans.__(
                'Whether the file is read where it is, without a download'
              )
            },
            level: {
              type: 'number',
              description: trans.__(
                'Level of an image that is opened alone, from 0, the largest'
              )
            },
            part: {
              type: 'object',
              description: trans.__(
                'Cells and genes that are fetched of it (selection), and bytes (size)'
              )
            },
            label: {
              type: 'string',
              description: trans.__('What the item of a menu says instead')
            }
          }
        }
      },
      execute: async args => {
        const { ref, title, layer, way, cluster, here, level, part } = args;
        if (typeof ref === 'string' && ref) {
          await loads.load(
            await refToLoad(ref, hub),
            typeof title === 'string' && title ? title : ref,
            undefined,
            typeof layer === 'string' ? layer : '',
            mannerOf(way, cluster, part, here, level) ?? undefined
          );
        }
      }
    });

    let popover: AddDataPopover | null = null;
    app.commands.addCommand(CommandIDs.addData, {
      label: trans.__('Add data'),
      caption: trans.__('Find a dataset and load it into this notebook'),
      icon: dataHubIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        const panel = notebooks.currentWidget;
        if (!panel || app.shell.currentWidget !== panel) {
          await app.commands.execute(CommandIDs.open);
          return;
        }
        const target = targets.ofNotebook(panel);
        const place = target.place();
        const button = panel.toolbar.node.querySelector<HTMLElement>(
          `[data-command="${CommandIDs.addData}"]`
        );
        const { AddDataPopover } = await import('./popover');
        popover?.dispose();
        popover = new AddDataPopover({
          context: {
            hub,
            commands: app.commands,
            run: action => {
              action().catch((error: unknown) => report(error, trans));
            }
          },
          anchor: button ?? panel.toolbar.node,
          into: target.name,
          load: (ref, title) => void loads.load(ref, title, { target, place }),
          restoreFocus: () => panel.content.activate()
        });
        popover.open();
      }
    });

    return new CurrentTarget(app, targets, hub.client, notebooks, consoles);
  }
};

/**
 * What a load of a dataset fetches: of one in a store, the file that becomes an AnnData, else
 * all of it.
 */
async function refToLoad(
  ref: string,
  { client }: Pick<IDataHub, 'client'>
): Promise<string> {
  if (!/^openbis:[^/]+\/[^/]+$/.test(ref)) {
    return ref;
  }
  try {
    const { assetToLoad } = await import('../dataset/model');
    const { dataset } = await client.dataset(ref);
    return assetToLoad(dataset)?.ref ?? ref;
  } catch {
    // The load fails for the same reason, and says so.
    return ref;
  }
}

/** Follows where a load would go. */
class CurrentTarget implements ILoadTarget {
  constructor(
    app: JupyterFrontEnd,
    private readonly _targets: Targets,
    private readonly _client: DataHubClient,
    notebooks: INotebookTracker,
    consoles: IConsoleTracker | null
  ) {
    const emit = (): void => this.changed.emit();
    app.shell.currentChanged?.connect(emit);
    notebooks.currentChanged.connect(emit);
    consoles?.currentChanged.connect(emit);
  }

  readonly changed: Signal<ILoadTarget, void> = new Signal<ILoadTarget, void>(
    this
  );

  get name(): string {
    return this._targets.current()?.name ?? '';
  }

  async kernel(): Promise<IKernelState | null> {
    const { kernelState } = await import('./memory');
    return kernelState(this._targets.current(), this._client);
  }
}
