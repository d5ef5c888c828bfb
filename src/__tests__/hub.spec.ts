import { SettingRegistry } from '@jupyterlab/settingregistry';
import { CommandRegistry } from '@lumino/commands';

import { FakeServer, settle, trans } from '../api/__tests__/server';
import { DataHub } from '../hub';
import { CommandIDs, PLUGIN_ID } from '../tokens';
import { transfer } from '../transfers/__tests__/records';
import { OpenDialog } from './dialog';

describe('DataHub', () => {
  let server: FakeServer;
  let hub: DataHub;
  let executed: [string, unknown][];

  beforeEach(() => {
    server = new FakeServer();
    server.rule = ({ route, body }) => {
      if (route === 'GET library') {
        return {
          items: [],
          path: '',
          used: 0,
          free: 5e10,
          reserve: 2e9,
          partial: 0
        };
      }
      return route === 'POST transfers'
        ? transfer({ id: body, state: 'queued' })
        : undefined;
    };
    const commands = new CommandRegistry();
    executed = [];
    for (const id of [
      CommandIDs.openDataset,
      CommandIDs.load,
      CommandIDs.showLibrary
    ]) {
      commands.addCommand(id, {
        describedBy: { args: null },
        execute: args => {
          executed.push([id, args]);
        }
      });
    }
    hub = new DataHub(commands, trans, server.client);
  });

  async function follow(raw: string): Promise<void> {
    const registry = new SettingRegistry({
      connector: {
        fetch: (id: string) =>
          Promise.resolve({
            id,
            raw,
            version: '1',
            schema: { type: 'object', additionalProperties: true },
            data: { composite: {}, user: {} }
          }),
        list: () => Promise.resolve({ ids: [], values: [] }),
        save: () => Promise.resolve(),
        remove: () => Promise.resolve()
      }
    });
    hub.follow(await registry.load(PLUGIN_ID));
  }

  const queued = (): unknown[] =>
    hub.transfers.items.map(({ id }) => JSON.parse(id) as unknown);

  it('downloads a small file without a question, to the folder of the settings', async () => {
    await follow('{"downloadDirectory": "project/data"}');
    await hub.download('cellxgene:v1', { title: 'Lung', size: 1e9 });
    expect(queued()).toEqual([
      { ref: 'cellxgene:v1', directory: 'project/data' }
    ]);
  });

  it('asks before a large one, with its size and the room there is', async () => {
    const asked = hub.download('cellxgene:v1', { title: 'Lung', size: 4e10 });
    const dialog = await OpenDialog.find();
    expect(dialog.text).toContain('Download 40 GB?');
    expect(dialog.text).toContain('“Lung” is 40 GB. There is room for 48 GB.');
    await dialog.press('Cancel');
    expect(await asked).toBeNull();
    expect(queued()).toEqual([]);
  });

  it('says that there is no room, and where some can be made', async () => {
    const asked = hub.download('cellxgene:v1', { title: 'Lung', size: 6e10 });
    const dialog = await OpenDialog.find();
    expect(dialog.text).toContain('No room for 60 GB');
    expect(dialog.text).toContain('The disk has room for 48 GB');
    await dialog.press('Show the library');
    expect(await asked).toBeNull();
    expect(executed.map(([id]) => id)).toEqual([CommandIDs.showLibrary]);
    expect(queued()).toEqual([]);
  });

  it('asks once for several, by their sum', async () => {
    const asked = hub.downloadAll([
      { ref: 'cellxgene:v1', size: 8e9 },
      { ref: 'cellxgene:v2', size: 8e9 },
      { ref: 'cellxgene:v3', size: null }
    ]);
    const dialog = await OpenDialog.find();
    expect(dialog.text).toContain(
      '3 datasets are 16 GB. The size of one more is not known. There is room'
    );
    await dialog.press('Download');
    expect(await asked).toBe(true);
    expect(queued()).toHaveLength(3);
  });

  it('asks each time where the settings want that', async () => {
    await follow('{"confirmAbove": 0}');
    const asked = hub.download('cellxgene:v1', { title: 'Lung', size: 1 });
    const dialog = await OpenDialog.find();
    await dialog.press('Download');
    expect(await asked).not.toBeNull();
  });

  it('asks nothing about what is on this machine already', async () => {
    await follow('{"confirmAbove": 0}');
    await hub.download('folder:lab/big.h5ad', { title: 'Big', size: 9e10 });
    expect(queued()).toEqual([{ ref: 'folder:lab/big.h5ad' }]);
  });

  it('looks the size up where nobody said it', async () => {
    const asked = hub.download('cellxgene:v1');
    await settle();
    const request = server.next();
    expect(request.route).toBe('GET datasets/cellxgene%3Av1');
    await request.answer({
      dataset: {
        assets: [
          { ref: 'cellxgene:v1/a.rds', size: 9e10, loads_as_anndata: false },
          { ref: 'cellxgene:v1/a.h5ad', size: 1e9, loads_as_anndata: true }
        ]
      }
    });
    expect(await asked).not.toBeNull();
  });

  it('leaves pages and loads to the commands of their rooms', async () => {
    hub.openDataset('cellxgene:v1');
    await hub.load('cellxgene:v2', 'Lung');
    expect(executed).toEqual([
      [CommandIDs.openDataset, { ref: 'cellxgene:v1' }],
      [CommandIDs.load, { ref: 'cellxgene:v2', title: 'Lung' }]
    ]);
  });
});
