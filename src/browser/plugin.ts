/* eslint-disable jupyter/prefer-lazy-imports --
   The tab, the commands and the news of a download are there from the start; what the sidebar
   shows is fetched when it is opened. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IStateDB } from '@jupyterlab/statedb';
import { CommandRegistry } from '@lumino/commands';

import { takeDroppedFiles } from '../manifest/drop';
import { CommandIDs, IDataHub } from '../tokens';
import { notifyEnds } from '../transfers/notifications';
import { addDatasetCommands, addSidebarCommands } from './commands';
import { SidebarWidget } from './sidebarWidget';

const SIDEBAR_PLUGIN = 'jupyterlab-datahub:sidebar';

/** After the file browser and the running kernels. */
const RANK = 350;

/** The sidebar with search, transfers and library, and its commands. */
export const sidebarPlugin: JupyterFrontEndPlugin<void> = {
  id: SIDEBAR_PLUGIN,
  description: 'Adds a sidebar to search, download and keep datasets.',
  autoStart: true,
  requires: [IDataHub],
  // Notebook has no layout to restore.
  optional: [ICommandPalette, ILayoutRestorer, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    hub: IDataHub,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    stateDB: IStateDB | null
  ): void => {
    const { commands, serviceManager, shell } = app;
    addDatasetCommands(app, hub);
    const sidebar = new SidebarWidget({
      hub,
      commands,
      services: serviceManager,
      stateDB,
      stateKey: SIDEBAR_PLUGIN,
      shortcut: () => shortcutOf(commands, CommandIDs.open)
    });
    addSidebarCommands(app, hub, sidebar);
    takeDroppedFiles(sidebar.node, ({ name, text }) => {
      void commands.execute(CommandIDs.downloadManifest, { name, text });
    });
    shell.add(sidebar, 'left', { rank: RANK });
    restorer?.add(sidebar, SIDEBAR_PLUGIN);
    notifyEnds(hub, () => hub.notifyWhenDone, {
      show: () => void commands.execute(CommandIDs.showTransfers),
      tree: ref => void commands.execute(CommandIDs.showInTree, { ref }),
      again: ({ path }) => void commands.execute(CommandIDs.save, { path }),
      connect: name => void commands.execute(CommandIDs.connections, { name })
    });
    for (const command of [
      CommandIDs.open,
      CommandIDs.browse,
      CommandIDs.refresh,
      CommandIDs.showTransfers,
      CommandIDs.showLibrary
    ]) {
      palette?.addItem({ command, category: hub.trans.__('DataHub') });
    }
  }
};

/** The keys of a command as the user reads them, empty where it has none. */
function shortcutOf(commands: CommandRegistry, command: string): string {
  const binding = commands.keyBindings.find(each => each.command === command);
  return binding
    ? binding.keys.map(CommandRegistry.formatKeystroke).join(' ')
    : '';
}
