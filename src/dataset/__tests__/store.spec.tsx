import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { FakeServer, settle } from '../../api/__tests__/server';
import type { Asset, Dataset } from '../../api/models';
import { Stage } from '../../browser/__tests__/stage';
import { CommandIDs } from '../../tokens';
import { DatasetModel } from '../model';
import { Page } from '../page';
import { node } from '../../tree/__tests__/records';
import { dataset, page } from './record';

const REF = 'openbis:bis.example.org/20260101-1';

function file(name: string, change: Partial<Asset> = {}): Asset {
  return {
    ref: `${REF}/original/${name}`,
    name,
    path: '',
    volatile: false,
    group: false,
    format: 'txt',
    size: 1_000_000,
    checksums: { crc32: 'abcdef01' },
    access: 'open',
    access_note: '',
    loads_as_anndata: false,
    url: '',
    section: '',
    note: '',
    elsewhere: '',
    rounded_size: null,
    beside: [],
    usd_per_gb: null,
    price_date: '',
    members: null,
    properties: [],
    ...change
  };
}

function stored(change: Partial<Dataset> = {}): Dataset {
  return dataset({
    ref: REF,
    source: 'openbis-lab',
    kind: 'openbis',
    title: 'PBMC raw',
    collection: null,
    facets: {},
    status: 'AVAILABLE',
    assets: [
      file('a.txt'),
      file("b, 'quoted'#.txt"),
      file('all', { ref: REF, format: 'folder', size: 2_000_000 })
    ],
    properties: [
      {
        code: '$NAME',
        label: 'Name',
        value: 'PBMC raw',
        section: 'General',
        ref: '',
        url: ''
      },
      {
        code: 'DOI',
        label: 'Article',
        value: 'https://doi.org/10.1',
        section: 'Links',
        ref: '',
        url: ''
      },
      {
        code: 'DONOR',
        label: 'Donor',
        value: 'Donor 1',
        section: 'Links',
        ref: 'openbis:bis.example.org/3',
        url: ''
      }
    ],
    owner: {
      ref: 'openbis:bis.example.org/20250101-9',
      title: '/LAB/SC/E1',
      type: 'EXPERIMENT'
    },
    parents: [
      { ref: 'openbis:bis.example.org/1', title: 'Counts', type: 'RAW_DATA' }
    ],
    url: 'https://bis.example.org/webapp/eln-lims/?x=1',
    ...change
  });
}

describe('the page of a dataset in a store', () => {
  let server: FakeServer;
  let stage: Stage;
  let model: DatasetModel;

  async function show(record: Dataset): Promise<void> {
    server = new FakeServer();
    server.rule = ({ route }) =>
      route.startsWith('GET datasets/')
        ? page({ dataset: record, versions: [] })
        : route === 'GET sources'
          ? { sources: [] }
          : undefined;
    stage = new Stage(server.client);
    model = new DatasetModel(REF, stage.hub);
    stage.render(<Page model={model} target={null} />);
    await act(() => model.load());
  }

  afterEach(() => model.dispose());

  it('shows properties by section, with links that can be followed', async () => {
    await show(stored());
    expect(
      screen.getAllByRole('heading', { level: 3 }).map(h => h.textContent)
    ).toEqual(['General', 'Links']);
    const link = screen.getByRole('link', { name: 'https://doi.org/10.1' });
    expect(link.getAttribute('rel')).toContain('noopener');
    expect(screen.getByRole('link', { name: 'Open in the ELN' })).toBeTruthy();
  });

  it('leads to parents, to its owner and to what a property names', async () => {
    await show(stored());
    for (const name of ['Counts', '/LAB/SC/E1', 'Donor 1']) {
      await userEvent.click(screen.getByRole('button', { name }));
    }
    expect(stage.calls).toEqual([
      ['openDataset', 'openbis:bis.example.org/1'],
      ['openDataset', 'openbis:bis.example.org/20250101-9'],
      ['openDataset', 'openbis:bis.example.org/3']
    ]);
  });

  it('shows what a collection is, what is in it, and saves there', async () => {
    await show(
      stored({
        entity: 'collection',
        title: 'First',
        identifier: '/LAB/SC/E1',
        assets: [],
        can_save: true,
        published: '2026-01-01T10:00:00Z',
        revised: '2026-02-01T10:00:00Z',
        extra: { type: 'EXPERIMENT', registrator: 'Ada', modifier: 'Bob' },
        contents: [{ nodes: [node()], total: 30, uncounted: false, offset: 0 }]
      })
    );
    const done: unknown[] = [];
    for (const id of [CommandIDs.save, CommandIDs.showInTree]) {
      stage.context.commands.addCommand(id, {
        describedBy: { args: null },
        execute: args => {
          done.push([id, args]);
        }
      });
    }
    expect(screen.queryByRole('table')).toBeNull();
    expect(screen.getByText(/by Ada$/)).toBeTruthy();
    expect(screen.getByText(/by Bob$/)).toBeTruthy();
    expect(screen.getByRole('heading', { name: 'Datasets 30' })).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'PBMC raw' }));
    await userEvent.click(screen.getByRole('button', { name: 'Save here' }));
    await userEvent.click(
      screen.getByRole('button', { name: 'Show all 30 in the tree' })
    );
    expect(stage.calls).toEqual([
      ['openDataset', 'openbis:bis.example.org/20260101-1']
    ]);
    expect(done).toEqual([
      [
        CommandIDs.save,
        { source: 'openbis-lab', owner: REF, identifier: '/LAB/SC/E1' }
      ],
      [CommandIDs.showInTree, { ref: REF }]
    ]);
  });

  it('offers no saving where this user may not', async () => {
    await show(stored({ entity: 'project', assets: [], owner: null }));
    expect(screen.queryByRole('button', { name: 'Save here' })).toBeNull();
    expect(
      screen.getByText('Nothing yet, or nothing that you may see.')
    ).toBeTruthy();
  });

  it('downloads the ticked files, or all as one folder', async () => {
    await show(stored());
    const bar = screen.getByRole('toolbar', { name: 'Actions for the files' });
    expect(within(bar).getByText(/^2 files, 2/)).toBeTruthy();
    await userEvent.click(
      screen.getByRole('checkbox', { name: "b, 'quoted'#.txt" })
    );
    await userEvent.click(
      within(bar).getByRole('button', { name: /^Download 1 file/ })
    );
    await userEvent.click(screen.getByRole('checkbox', { name: 'All files' }));
    await userEvent.click(
      within(bar).getByRole('button', { name: /^Download 2 files/ })
    );
    expect(stage.calls).toEqual([
      ['downloadAll', [`${REF}/original/b, 'quoted'#.txt`]],
      ['download', REF, { title: 'PBMC raw', size: 2_000_000 }]
    ]);
  });

  it.each([
    [[{}, { size: null, rounded_size: 3e6 }], /^2 files, about 4/],
    [[{}, { size: null }], /^2 files, at least 1/],
    [[{ size: null }, { size: null }], /^2 files, size not known$/]
  ])('says how large files are as far as it is known', async (sizes, words) => {
    const assets = sizes.map((size, index) => file(`${index}.txt`, size));
    await show(stored({ assets }));
    const bar = screen.getByRole('toolbar', { name: 'Actions for the files' });
    expect(within(bar).getByText(words)).toBeTruthy();
  });

  it('loads the file that becomes an AnnData, else all as a path', async () => {
    await show(
      stored({
        assets: [
          file('a.txt'),
          file('x.h5ad', { loads_as_anndata: true }),
          file('all', { ref: REF, format: 'folder' })
        ]
      })
    );
    const load = { name: 'Load in notebook' };
    await userEvent.click(screen.getByRole('button', load));
    expect(stage.calls).toEqual([
      ['load', `${REF}/original/x.h5ad`, 'PBMC raw']
    ]);
  });

  it('says that the files are archived, and asks for them', async () => {
    await show(stored({ status: 'ARCHIVED' }));
    expect(screen.getByText(/are in the archive of openbis-lab/)).toBeTruthy();
    const load = screen.getByRole('button', { name: 'Load in notebook' });
    expect(load).toHaveProperty('disabled', true);
    expect(screen.queryByRole('checkbox')).toBeNull();
    await userEvent.click(
      screen.getByRole('button', { name: 'Bring them back' })
    );
    const request = server.next();
    expect(request.route).toBe(
      `POST datasets/${encodeURIComponent(REF)}/unarchive`
    );
    await act(async () => {
      await request.answer('', 202);
      await settle();
    });
    expect(
      screen.getByText(/brings the files of this dataset back/)
    ).toBeTruthy();
  });
});
