import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { onConnection } from '../api/events';
import { report } from '../api/report';
import type { ISidebarContext } from '../browser/context';

import {
  connectedIcon,
  connectionProblemIcon,
  connectionsIcon
} from '../icons/stores';
import { CommandIDs, IDataHub } from '../tokens';
import type { ConnectionsModel } from './model';
import { connectionTitle, stateWords } from './words';

/** The dialog of the connections and the commands that lead to it. */
export const connectionsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-datahub:connections',
  description: 'Connects to stores that know their users, such as openBIS.',
  autoStart: true,
  requires: [IDataHub],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    hub: IDataHub,
    palette: ICommandPalette | null
  ): void => {
    const { commands, serviceManager } = app;
    const { connections, trans } = hub;
    const context: ISidebarContext = {
      hub,
      commands,
      run: action => {
        action().catch((error: unknown) => report(error, trans));
      }
    };
    commands.addCommand(CommandIDs.connections, {
      label: trans.__('Connections'),
      caption: () => captionOf(connections, trans),
      icon: () => {
        const icons = {
          none: connectionsIcon,
          connected: connectedIcon,
          problem: connectionProblemIcon
        };
        return icons[connections.standing];
      },
      describedBy: {
        args: {
          type: 'object',
          properties: {
            name: {
              type: 'string',
              description: trans.__('Name of the connection to use')
            }
          }
        }
      },
      execute: async ({ name }) => {
        const { showConnections } = await import('./dialog');
        await showConnections(context, typeof name === 'string' ? name : '');
      }
    });
    connections.changed.connect(() =>
      commands.notifyCommandChanged(CommandIDs.connections)
    );
    onConnection(serviceManager, connection => connections.accept(connection));
    void connections.refresh();
    palette?.addItem({
      command: CommandIDs.connections,
      category: trans.__('DataHub')
    });
  }
};

/** What the button says on hover: each connection with its state. */
function captionOf(
  { items }: ConnectionsModel,
  trans: TranslationBundle
): string {
  const lines = (items ?? []).map(
    item => `${connectionTitle(item)}: ${stateWords(item, trans)}`
  );
  return lines.length > 0
    ? [trans.__('Connections'), ...lines].join('\n')
    : trans.__('Connect to openBIS');
}
