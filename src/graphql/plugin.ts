import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  InputDialog,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { ILauncher } from '@jupyterlab/launcher';
import { IStateDB } from '@jupyterlab/statedb';
import type { IDisposable } from '@lumino/disposable';

import type { Connection } from '../api/models';
import { report } from '../api/report';
import type { ISidebarContext } from '../browser/context';
import { connectionTitle } from '../connections/words';
import { graphIcon } from '../icons/stores';
import { CommandIDs, IDataHub } from '../tokens';
import type { GraphWidget } from './widget';

/** The panels that ask data commons in GraphQL. */
export const graphqlPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-datahub:graphql',
  description: 'Asks data commons in GraphQL.',
  autoStart: true,
  requires: [IDataHub, IEditorServices],
  // Notebook has no launcher and no layout to restore.
  optional: [ICommandPalette, ILauncher, ILabShell, ILayoutRestorer, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    hub: IDataHub,
    services: IEditorServices,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    stateDB: IStateDB | null
  ): void => {
    const { commands, shell } = app;
    const { connections, trans } = hub;
    const context: ISidebarContext = {
      hub,
      commands,
      run: action => {
        action().catch((error: unknown) => report(error, trans));
      }
    };
    const tracker = new WidgetTracker<GraphWidget>({
      namespace: 'jupyterlab-datahub-graphql'
    });
    commands.addCommand(CommandIDs.graphql, {
      label: trans.__('Query with GraphQL'),
      caption: trans.__('Ask a data commons in GraphQL, and load the answer'),
      icon: graphIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            source: {
              type: 'string',
              description: trans.__(
                'Name of the commons; asked for where there are more than one'
              )
            }
          }
        }
      },
      isVisible: () => asked(hub).length > 0,
      execute: async ({ source }) => {
        const name =
          typeof source === 'string' && source ? source : await choose(hub);
        if (!name) {
          return;
        }
        const { GraphWidget } = await import('./widget');
        const open = tracker.find(widget => widget.source === name);
        const widget =
          open ?? new GraphWidget({ source: name, context, services, stateDB });
        if (!open) {
          // The main area of Notebook holds one document and nothing else.
          shell.add(widget, labShell ? 'main' : 'right');
          await tracker.add(widget);
        }
        shell.activateById(widget.id);
        return widget;
      }
    });
    palette?.addItem({
      command: CommandIDs.graphql,
      category: trans.__('DataHub')
    });
    let card: IDisposable | null = null;
    connections.changed.connect(() => {
      commands.notifyCommandChanged(CommandIDs.graphql);
      const wanted = asked(hub).some(({ state }) => state === 'connected');
      if (wanted && !card) {
        card =
          launcher?.add({
            command: CommandIDs.graphql,
            category: trans.__('Other'),
            rank: 11
          }) ?? null;
      } else if (!wanted) {
        card?.dispose();
        card = null;
      }
    });
    void restorer?.restore(tracker, {
      command: CommandIDs.graphql,
      args: ({ source }) => ({ source }),
      name: ({ source }) => source
    });
  }
};

/** The connections that can be asked in GraphQL. */
function asked({ connections }: IDataHub): readonly Connection[] {
  return (connections.items ?? []).filter(each => each.has_graphql);
}

/** The name of the connection that is meant; null where the user says none. */
async function choose(hub: IDataHub): Promise<string | null> {
  const { trans } = hub;
  const all = asked(hub);
  if (all.length < 2) {
    return all[0]?.name ?? null;
  }
  // Two may have the same title, none the same name.
  const items = all.map(each =>
    all.some(other => other !== each && other.title === each.title)
      ? `${connectionTitle(each)} (${each.name})`
      : connectionTitle(each)
  );
  const { value } = await InputDialog.getItem({
    title: trans.__('Query with GraphQL'),
    label: trans.__('Commons'),
    items,
    okLabel: trans.__('Open')
  });
  return all[items.indexOf(value ?? '')]?.name ?? null;
}
