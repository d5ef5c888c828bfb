import {
  act,
  cleanup,
  fireEvent,
  screen,
  within
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { FakeServer } from '../../api/__tests__/server';
import type { Asset, Dataset, DatasetPage } from '../../api/models';
import { Stage } from '../../browser/__tests__/stage';
import { Chosen, MOST } from '../chosen';
import { focused } from '../focus';
import { DatasetModel } from '../model';
import { Page } from '../page';
import { dataset, page } from './record';

const REF = 'hca:dcp60/p1';
const MANAGED = 'Under managed access: apply for it.';

function file(name: string, change: Partial<Asset> = {}): Asset {
  return {
    ...dataset().assets[0],
    ref: `hca:dcp60/${name}@1`,
    name,
    format: 'loom',
    size: 1_000_000,
    section: 'Matrices of the platform',
    note: 'Homo sapiens · eye',
    ...change
  };
}

function project(change: Partial<Dataset> = {}): Dataset {
  return dataset({
    ref: REF,
    source: 'hca',
    kind: 'hca',
    id: 'p1',
    version: 'dcp60',
    title: 'Retina',
    collection: null,
    links: [
      { title: 'GEO GSE1', url: 'https://geo/GSE1', kind: 'accession' },
      { title: 'In CELLxGENE', url: 'https://cxg/c1', kind: 'collection' }
    ],
    properties: [
      {
        code: 'geo_series',
        label: 'GEO',
        value: 'GSE1',
        section: 'Accessions',
        ref: '',
        url: 'https://geo/GSE1'
      }
    ],
    related: [
      { ref: 'cellxgene:v9', title: 'Retina, cells', type: 'CELLxGENE' }
    ],
    assets: [
      file('a.h5ad', { section: 'Matrices of the contributors' }),
      file('b.loom'),
      file('c.rds', {
        access: 'view_only',
        access_note: 'There is no address.',
        loads_as_anndata: false
      }),
      file('all.tsv', {
        ref: `${REF}/table`,
        section: 'Tables',
        format: 'tsv',
        size: null,
        checksums: {},
        volatile: true,
        loads_as_anndata: false
      }),
      file('all', {
        ref: `${REF}/files`,
        section: 'All files',
        group: true,
        volatile: true,
        format: 'group',
        members: 12,
        size: 5_000_000,
        loads_as_anndata: false
      })
    ],
    ...change
  });
}

describe('the page of a project', () => {
  let server: FakeServer;
  let stage: Stage;

  let model: DatasetModel;

  async function show(
    shown: Dataset,
    change: Partial<DatasetPage> = {}
  ): Promise<void> {
    server = new FakeServer();
    server.rule = ({ route }) =>
      route.startsWith('GET datasets/')
        ? page({ dataset: shown, versions: [], ...change })
        : route === 'GET sources'
          ? { sources: [] }
          : undefined;
    stage = new Stage(server.client);
    model = new DatasetModel(shown.ref, stage.hub);
    stage.render(<Page model={model} target={null} />);
    await act(() => model.load());
  }

  afterEach(() => model.dispose());

  it('says what a matrix loads together with', async () => {
    const lists = [file('barcodes.tsv.gz'), file('features.tsv.gz')];
    const matrix = file('matrix.mtx.gz', { beside: lists });
    await show(project({ assets: [matrix, ...lists] }));
    screen.getByText('Loads together with barcodes.tsv.gz, features.tsv.gz');
    screen.getByRole('button', { name: 'Load matrix.mtx.gz' });
  });

  it('has its files under headings, and says why one cannot be had', async () => {
    await show(project());
    const table = screen.getByRole('table');
    expect(
      within(table)
        .getAllByRole('rowheader', { name: /^(Matrices|Tables)/ })
        .map(head => head.textContent)
    ).toEqual([
      'Matrices of the contributors',
      'Matrices of the platform',
      'Tables'
    ]);
    expect(within(table).getByText('There is no address.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Download c.rds' })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Load b.loom' }));
    await userEvent.click(screen.getByRole('button', { name: 'Load all.tsv' }));
    await userEvent.click(
      screen.getByRole('button', { name: /^Download all files \(12 files/ })
    );
    expect(stage.calls).toEqual([
      ['load', 'hca:dcp60/b.loom@1', 'b.loom'],
      ['load', `${REF}/table`, 'all.tsv'],
      [
        'download',
        `${REF}/files`,
        { title: 'Retina', size: 5_000_000, files: 12 }
      ]
    ]);
  });

  it('fetches the ticked files as one transfer', async () => {
    await show(project());
    await userEvent.click(screen.getByRole('checkbox', { name: 'All files' }));
    const bar = screen.getByRole('toolbar', { name: 'Actions for the files' });
    await userEvent.click(
      within(bar).getByRole('button', { name: /^Download 2 files/ })
    );
    expect(stage.calls).toEqual([
      [
        'downloadGroup',
        'Retina',
        ['hca:dcp60/a.h5ad@1', 'hca:dcp60/b.loom@1'],
        REF
      ]
    ]);
  });

  it('says before the click that more files are ticked than come at once', () => {
    const assets = Array.from({ length: MOST + 1 }, (_, number) =>
      file(`${number}.txt`)
    );
    const refs = assets.map(({ ref }) => ref);
    stage = new Stage(new FakeServer().client);
    const shown = (count: number): void => {
      cleanup();
      stage.render(
        <Chosen
          assets={assets}
          chosen={new Set(refs.slice(0, count))}
          whole={false}
          onChosen={() => undefined}
          onDownload={() => undefined}
        />
      );
    };
    const button = (): HTMLElement =>
      screen.getByRole('button', { name: /^Download 10,00\d files/ });
    shown(MOST + 1);
    expect(button()).toHaveProperty('disabled', true);
    expect(screen.getByText(/^At most 10,000 files come at once/)).toBeTruthy();
    shown(MOST);
    expect(button()).toHaveProperty('disabled', false);
  });

  it('leads to the same study here, and says nothing twice', async () => {
    await show(project());
    const links = screen.getAllByRole('link', { name: /GSE1/ });
    expect(links).toHaveLength(1);
    await userEvent.click(
      screen.getByRole('button', { name: 'Retina, cells' })
    );
    expect(stage.calls).toEqual([['openDataset', 'cellxgene:v9']]);
  });

  it('explains managed access once', async () => {
    const closed = { access: 'controlled', access_note: MANAGED } as const;
    await show(project({ ...closed, assets: [file('a.h5ad', closed)] }));
    expect(screen.getAllByText(MANAGED)).toHaveLength(1);
    expect(
      screen.getByRole('button', { name: 'Load in notebook' })
    ).toHaveProperty('disabled', true);
  });

  it('offers the further matrices of a file that is here', async () => {
    const loom = file('b.loom');
    await show(project({ assets: [loom] }), {
      in_library: [loom.ref],
      layers: { [loom.ref]: ['estimated_counts'] }
    });
    fireEvent.change(
      screen.getByRole('combobox', { name: 'Matrix that becomes X' }),
      { target: { value: 'estimated_counts' } }
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Load in notebook' })
    );
    expect(stage.calls).toEqual([
      ['load', loom.ref, 'Retina', 'estimated_counts']
    ]);
  });

  it('is that of one file where that was asked for', () => {
    const whole = page({ dataset: project() });
    const narrow = focused(whole, 'hca:dcp60/b.loom@1').dataset;
    expect(narrow.title).toBe('b.loom');
    expect(narrow.assets.map(({ name }) => name)).toEqual(['b.loom']);
    expect(narrow.owner).toEqual({
      ref: REF,
      title: 'Retina',
      type: 'Project'
    });
    expect(focused(whole, `${REF}/table`)).toBe(whole);
    expect(focused(whole, REF)).toBe(whole);
  });
});
