import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { downloadIcon } from '@jupyterlab/ui-components';

import { report } from '../api/report';
import type { ISidebarContext } from '../browser/context';
import { CommandIDs, IDataHub } from '../tokens';

/** Fetching the files that a manifest of a data commons lists. */
export const manifestPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-datahub:manifest',
  description: 'Downloads the files that a manifest of a data commons lists.',
  autoStart: true,
  requires: [IDataHub],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    hub: IDataHub,
    palette: ICommandPalette | null
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
    commands.addCommand(CommandIDs.downloadManifest, {
      label: trans.__('Download from manifest…'),
      caption: trans.__(
        'Download the files that a manifest of a data commons lists'
      ),
      icon: downloadIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            text: {
              type: ['string', 'null'],
              description: trans.__(
                'The manifest; asked for where missing, null if it is too large'
              )
            },
            name: {
              type: 'string',
              description: trans.__('The name of its file')
            },
            source: {
              type: 'string',
              description: trans.__('Name of the commons')
            }
          }
        }
      },
      execute: async ({ text, name, source }) => {
        const { showManifest } = await import('./dialog');
        const words = (value: unknown): string =>
          typeof value === 'string' ? value : '';
        showManifest(
          context,
          text === undefined
            ? null
            : { text: text === null ? null : words(text), name: words(name) },
          words(source)
        );
      }
    });
    palette?.addItem({
      command: CommandIDs.downloadManifest,
      category: trans.__('DataHub')
    });
  }
};
