import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILauncher } from '@jupyterlab/launcher';

import { dataHubIcon } from './icons';
import { CommandIDs, IDataHub } from './tokens';

const COMMAND = 'datahub:find-dataset';

/** The card of the launcher. */
export const launcherPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-datahub:launcher',
  description:
    'Adds a card to the launcher that opens the search for datasets.',
  autoStart: true,
  requires: [IDataHub],
  // Notebook has no launcher.
  optional: [ILauncher],
  activate: (
    app: JupyterFrontEnd,
    hub: IDataHub,
    launcher: ILauncher | null
  ) => {
    const { trans } = hub;
    app.commands.addCommand(COMMAND, {
      label: trans.__('Find a dataset'),
      caption: trans.__('Search for datasets and load them into a notebook'),
      icon: dataHubIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      // What is returned would replace the launcher.
      execute: async () => {
        await app.commands.execute(CommandIDs.open);
      }
    });
    launcher?.add({ command: COMMAND, category: trans.__('Other'), rank: 10 });
  }
};
