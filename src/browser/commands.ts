import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { copyIcon, downloadIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { report } from '../api/report';
import type { Dataset } from '../api/models';
import { CommandIDs, type IDataHub } from '../tokens';
import { EMPTY_QUERY, toggleValue } from './query';
import { SIDEBAR_ID, type SidebarWidget } from './sidebarWidget';

const NO_ARGS = { type: 'object', properties: {} } as const;

/** Add the commands of the sidebar. */
export function addSidebarCommands(
  app: JupyterFrontEnd,
  hub: IDataHub,
  sidebar: SidebarWidget
): void {
  const { commands, shell } = app;
  const { trans } = hub;

  commands.addCommand(CommandIDs.open, {
    label: trans.__('Search datasets'),
    caption: trans.__('Show the DataHub sidebar and search for datasets'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          facet: {
            type: 'string',
            description: trans.__('Name of a facet to search by')
          },
          value: {
            type: 'string',
            description: trans.__('The value to search for; nothing else is')
          },
          text: {
            type: 'string',
            description: trans.__('The text to search for')
          }
        }
      }
    },
    execute: async ({ facet, value, text }) => {
      shell.activateById(SIDEBAR_ID);
      const body = await sidebar.body;
      if (typeof facet === 'string' && typeof value === 'string') {
        const query = toggleValue(EMPTY_QUERY, facet, value);
        body.search.setQuery(
          typeof text === 'string' ? { ...query, text } : query
        );
      }
      body.sidebar?.focusSearch();
    }
  });
  commands.addCommand(CommandIDs.browse, {
    label: trans.__('Browse stores'),
    caption: trans.__(
      'Show openBIS as a tree of spaces, projects and datasets'
    ),
    describedBy: { args: NO_ARGS },
    execute: async () => {
      shell.activateById(SIDEBAR_ID);
      const body = await sidebar.body;
      body.layoutModel.update({ browse: true });
      body.sidebar?.focusBrowse();
    }
  });
  commands.addCommand(CommandIDs.showInTree, {
    label: trans.__('Show in the tree'),
    caption: trans.__('Show where in its store this is'),
    describedBy: {
      args: {
        type: 'object',
        required: ['ref'],
        properties: {
          ref: { type: 'string', description: trans.__('Its identifier') }
        }
      }
    },
    isEnabled: ({ ref }) => typeof ref === 'string' && ref !== '',
    execute: async ({ ref }) => {
      try {
        const { dataset } = await hub.client.dataset(ref as string);
        shell.activateById(SIDEBAR_ID);
        const body = await sidebar.body;
        body.layoutModel.update({ browse: true });
        const { source, place, title } = dataset;
        if (!(await body.tree.reveal(source, place))) {
          Notification.info(
            trans.__('“%1” is not in the tree any more; fetch it anew.', title)
          );
        }
      } catch (error) {
        report(error, trans);
      }
    }
  });
  commands.addCommand(CommandIDs.showTransfers, {
    label: trans.__('Show transfers'),
    caption: trans.__('Show what is being downloaded'),
    describedBy: { args: NO_ARGS },
    execute: async () => {
      shell.activateById(SIDEBAR_ID);
      const body = await sidebar.body;
      body.layoutModel.update({ transfers: true });
      body.sidebar?.focusTransfers();
    }
  });
  commands.addCommand(CommandIDs.showLibrary, {
    label: trans.__('Show the library'),
    caption: trans.__('Show the datasets on this machine and the room left'),
    describedBy: { args: NO_ARGS },
    execute: async () => {
      shell.activateById(SIDEBAR_ID);
      const body = await sidebar.body;
      body.layoutModel.update({ library: true });
      body.sidebar?.focusLibrary();
    }
  });
  commands.addCommand(CommandIDs.refresh, {
    label: trans.__('Refresh the catalogs'),
    caption: trans.__('Fetch the catalogs of all Sources anew'),
    icon: refreshIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          source: {
            type: 'string',
            description: trans.__('Name of one Source; all where it is missing')
          }
        }
      }
    },
    execute: async args => {
      const { client } = hub;
      try {
        const names = args.source
          ? [args.source as string]
          : (await client.sources()).map(({ name }) => name);
        const answers = await Promise.all(
          names.map(name => client.refresh(name))
        );
        const body = await sidebar.body;
        answers.forEach(status => body.search.takeStatus(status));
      } catch (error) {
        report(error, trans);
      }
    }
  });
}

/** Add the commands that act on one dataset, wherever it is shown. */
export function addDatasetCommands(app: JupyterFrontEnd, hub: IDataHub): void {
  const { commands } = app;
  const { trans } = hub;
  const refArgs = {
    type: 'object',
    required: ['ref'],
    properties: {
      ref: { type: 'string', description: trans.__('Identifier of a dataset') },
      title: { type: 'string', description: trans.__('Its title') },
      size: {
        type: ['number', 'null'],
        description: trans.__('Its size in bytes, where it is known')
      },
      label: {
        type: 'string',
        description: trans.__('What the item of a menu says instead')
      },
      files: {
        type: ['number', 'null'],
        description: trans.__('How many files a group of them has')
      }
    }
  } as const;
  const hasRef = ({ ref }: ReadonlyPartialJSONObject): boolean =>
    typeof ref === 'string' && ref !== '';
  const dataset = async (args: ReadonlyPartialJSONObject): Promise<Dataset> =>
    (await hub.client.dataset(args.ref as string)).dataset;
  const orReport =
    (action: (args: ReadonlyPartialJSONObject) => Promise<void>) =>
    (args: ReadonlyPartialJSONObject): Promise<void> =>
      action(args).catch((error: unknown) => report(error, trans));

  commands.addCommand(CommandIDs.download, {
    label: ({ label }) =>
      typeof label === 'string' ? label : trans.__('Download'),
    caption: trans.__('Download the dataset into the library'),
    icon: downloadIcon,
    describedBy: { args: refArgs },
    isEnabled: hasRef,
    execute: orReport(async ({ ref, title, size, files, group }) => {
      const words = title as string | undefined;
      if (group === true) {
        await hub.downloadFolder(ref as string, words);
      } else {
        await hub.download(ref as string, {
          title: words,
          size: size as number | null | undefined,
          ...(files === undefined ? {} : { files: files as number | null })
        });
      }
    })
  });
  commands.addCommand(CommandIDs.copyIdentifier, {
    label: trans.__('Copy identifier'),
    caption: trans.__('Copy what names the dataset at this version'),
    icon: copyIcon,
    describedBy: { args: refArgs },
    isEnabled: hasRef,
    execute: ({ ref }) => Clipboard.copyToSystem(ref as string)
  });
  commands.addCommand(CommandIDs.copyCitation, {
    label: trans.__('Copy citation'),
    caption: trans.__('Copy how the dataset wants to be cited'),
    describedBy: { args: refArgs },
    isEnabled: hasRef,
    execute: orReport(async args => {
      const { citation, doi } = await dataset(args);
      const words = citation || (doi && `https://doi.org/${doi}`);
      if (words) {
        Clipboard.copyToSystem(words);
        Notification.success(trans.__('The citation is copied.'), {
          autoClose: 3000
        });
      } else {
        Notification.info(
          trans.__('The catalog says nothing of how to cite this dataset.')
        );
      }
    })
  });
  commands.addCommand(CommandIDs.openInBrowser, {
    label: trans.__('Open in browser'),
    caption: trans.__('Open the page of the dataset at its catalog'),
    describedBy: { args: refArgs },
    isEnabled: hasRef,
    execute: orReport(async args => {
      const { url } = await dataset(args);
      if (url) {
        window.open(url, '_blank', 'noopener');
      } else {
        Notification.info(
          trans.__('The catalog has no page of its own for this dataset.')
        );
      }
    })
  });
}
