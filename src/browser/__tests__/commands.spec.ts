import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';

import { FakeServer, settle } from '../../api/__tests__/server';
import { CommandIDs } from '../../tokens';
import { addDatasetCommands } from '../commands';
import { Stage } from './stage';

const ARGS = { ref: 'cellxgene:v1', title: 'Lung', size: 1e9 };

describe('the commands of a dataset', () => {
  let server: FakeServer;
  let stage: Stage;
  let commands: CommandRegistry;
  let copied: unknown[];

  beforeEach(() => {
    server = new FakeServer();
    stage = new Stage(server.client);
    commands = new CommandRegistry();
    addDatasetCommands({ commands } as unknown as JupyterFrontEnd, stage.hub);
    copied = [];
    jest.spyOn(Clipboard, 'copyToSystem').mockImplementation(text => {
      copied.push(text);
    });
  });

  afterEach(() => {
    jest.restoreAllMocks();
    Notification.dismiss();
  });

  const notes = (): string[] =>
    Notification.manager.notifications.map(({ message }) => message);

  it('need an identifier', () => {
    for (const id of commands.listCommands()) {
      expect(commands.isEnabled(id, {})).toBe(false);
      expect(commands.isEnabled(id, ARGS)).toBe(true);
    }
  });

  it('download with what is known of the dataset', async () => {
    await commands.execute(CommandIDs.download, ARGS);
    expect(stage.calls).toEqual([
      ['download', 'cellxgene:v1', { title: 'Lung', size: 1e9 }]
    ]);
  });

  it('copy the identifier', async () => {
    await commands.execute(CommandIDs.copyIdentifier, ARGS);
    expect(copied).toEqual(['cellxgene:v1']);
  });

  it.each([
    [{ citation: 'Someone et al.', doi: '10.1/x' }, 'Someone et al.'],
    [{ citation: '', doi: '10.1/x' }, 'https://doi.org/10.1/x']
  ])('copy how to cite, from %j', async (dataset, words) => {
    server.rule = () => ({ dataset });
    await commands.execute(CommandIDs.copyCitation, ARGS);
    expect(copied).toEqual([words]);
  });

  it('say so where nothing is known of how to cite', async () => {
    server.rule = () => ({ dataset: { citation: '', doi: '' } });
    await commands.execute(CommandIDs.copyCitation, ARGS);
    expect(copied).toEqual([]);
    expect(notes()).toEqual([
      'The catalog says nothing of how to cite this dataset.'
    ]);
  });

  it('open the page of the catalog, without a way back into this one', async () => {
    const open = jest.spyOn(window, 'open').mockReturnValue(null);
    server.rule = () => ({ dataset: { url: 'https://example.org/d/1' } });
    await commands.execute(CommandIDs.openInBrowser, ARGS);
    expect(open).toHaveBeenCalledWith(
      'https://example.org/d/1',
      '_blank',
      'noopener'
    );
  });

  it('tell a failure in the words of the server', async () => {
    const done = commands.execute(CommandIDs.copyCitation, ARGS);
    await settle();
    await server.next().answer(
      {
        error: {
          code: 'unreachable',
          message: 'CELLxGENE cannot be reached.',
          hint: 'Check the network.'
        }
      },
      502
    );
    await done;
    expect(notes()).toEqual([
      'CELLxGENE cannot be reached. Check the network.'
    ]);
  });
});
