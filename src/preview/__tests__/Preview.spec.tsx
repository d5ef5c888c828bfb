import {
  act,
  fireEvent,
  screen,
  within,
  type RenderResult
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactElement } from 'react';

import { FakeServer } from '../../api/__tests__/server';
import type { Asset, Preview as Facts } from '../../api/models';
import { Stage } from '../../browser/__tests__/stage';
import { dataset, page } from '../../dataset/__tests__/record';
import { transfer } from '../../transfers/__tests__/records';
import { Preview } from '../Preview';
import { column, preview } from './record';

/** Without a picture, which needs a browser. */
function facts(change: Partial<Facts> = {}): Facts {
  const { picture } = preview();
  return preview({
    picture: {
      ...picture,
      embedding: '',
      embeddings: [],
      note: 'There is no embedding.'
    },
    ...change
  });
}

describe('the preview on a page', () => {
  let server: FakeServer;
  let stage: Stage;
  let drawn: RenderResult;

  let asset: Asset;

  function shown(here: boolean, made: boolean, converts = false): ReactElement {
    return (
      <Preview
        page={page({
          dataset: dataset({ assets: [asset] }),
          in_library: here ? [asset.ref] : [],
          converts: converts ? [asset.ref] : [],
          made: made ? [asset.ref] : []
        })}
      />
    );
  }

  function show(change: Partial<Asset> = {}, here = false): void {
    server = new FakeServer();
    asset = { ...dataset().assets[0], ...change };
    stage = new Stage(server.client);
    drawn = stage.render(shown(here, false));
  }

  async function look(): Promise<void> {
    await userEvent.click(screen.getByRole('button', { name: 'Preview' }));
  }

  it('says what it costs, and asks only then', async () => {
    show();
    expect(screen.getByText(/usually less than 20.MB of 1.4.GB/)).toBeTruthy();
    expect(server.pending).toHaveLength(0);
    await look();
    expect(server.next().url.pathname).toContain('previews/cellxgene%3Av2%2F');
  });

  it('is offered of a store of Zarr in a bucket, which is a folder there', () => {
    show({ ref: 's3://open/cells/a.zarr/', name: 'a.zarr', format: 'group' });
    expect(screen.getByRole('button', { name: 'Preview' })).toBeTruthy();
  });

  it('is not offered of other folders, nor of images', () => {
    show({ ref: 's3://open/cells/', name: 'cells', format: 'group' });
    expect(screen.queryByRole('button', { name: 'Preview' })).toBeNull();
    show({ ref: 's3://open/a.ome.zarr/', name: 'a.ome.zarr', format: 'group' });
    expect(screen.queryByRole('button', { name: 'Preview' })).toBeNull();
  });

  it('tells what is in the file', async () => {
    show();
    await look();
    await act(() =>
      server.next().answer(
        facts({
          obs: [
            ...facts().obs,
            column('id', {
              kind: 'texts',
              categories: 4000,
              top: [{ value: 'a', count: 1 }]
            })
          ]
        })
      )
    );
    expect(screen.getByText('4 cells × 1,200 genes')).toBeTruthy();
    expect(screen.getByText(/^fetched 1.8.MB of 1.4.GB$/)).toBeTruthy();
    expect(screen.getByText(/There is no embedding/)).toBeTruthy();
    expect(
      screen.getByText(/^sparse by cell \(CSR\), float32, 3/)
    ).toBeTruthy();
    const table = screen.getByRole('table', { name: 'Columns of obs' });
    const rows = within(table).getAllByRole('row').slice(1);
    expect(rows.map(row => row.textContent)).toEqual([
      'cell_typecategories25%T cell 2B cell 1',
      'n_genesfloat3201 to 3, mean 2Range',
      'idtext04,000 values, each once, such as a',
      'tissuecategories0blood 4'
    ]);
    expect(
      screen.getByRole('img', { name: /^How n_genes is spread/ })
    ).toBeTruthy();
  });

  it('looks at once at what is here, which costs nothing', async () => {
    show({ access: 'controlled' }, true);
    await act(() => server.next().answer(facts({ local: true })));
    expect(screen.getByText('read on this machine')).toBeTruthy();
  });

  it.each([
    ['loom', 'retina.loom', 'loom', 'not of Loom', 'retina.h5ad'],
    [
      'h5',
      'a.filtered_feature_bc_matrix.h5',
      '10x h5',
      'not of 10x matrices',
      'a.filtered_feature_bc_matrix.h5ad'
    ]
  ])(
    'tells of %s what it is converted to, and has nothing to choose with',
    async (format, name, seen, what, made) => {
      show({ format, name, loads_as_anndata: true }, true);
      await act(() => server.next().answer(facts({ name, format: seen })));
      const hint = screen.getByText(/^Cells and genes are chosen of h5ad/);
      expect(hint.textContent).toContain(what);
      expect(hint.textContent).toContain(`“${made}”`);
      expect(screen.queryByRole('region', { name: 'Selection' })).toBeNull();
      const table = screen.getByRole('table', { name: 'Columns of obs' });
      expect(within(table).queryAllByRole('button')).toEqual([]);
      const rows = within(table).getAllByRole('row').slice(1);
      expect(rows.map(row => row.textContent)).toEqual([
        'cell_typecategories25%T cell 2B cell 1',
        'n_genesfloat3201 to 3, mean 2',
        'tissuecategories0blood 4'
      ]);
    }
  );

  it('has a file converted, and looks into what it became', async () => {
    show({ format: 'loom', name: 'retina.loom', loads_as_anndata: true }, true);
    await act(() =>
      server.next().answer(facts({ name: 'retina.loom', format: 'loom' }))
    );
    await userEvent.click(screen.getByRole('button', { name: 'Convert' }));
    const { ref, size } = asset;
    expect(stage.calls).toEqual([
      ['download', ref, { title: dataset().title, size, convert: true }]
    ]);
    act(() => stage.hub.transfers.accept(transfer({ ref, state: 'running' })));
    expect(screen.queryByRole('button', { name: 'Convert' })).toBeNull();
    expect(screen.getByText(/shows at the head of the page/)).toBeTruthy();
    drawn.rerender(shown(true, true));
    await act(() =>
      server.next().answer(facts({ name: 'retina.h5ad', local: true }))
    );
    expect(
      screen.getByText('read from “retina.h5ad”, which it was converted to')
    ).toBeTruthy();
    expect(screen.getByRole('region', { name: 'Selection' })).toBeTruthy();
  });

  it('shows how far the conversion of another file is', async () => {
    const assets = dataset().assets;
    const loom = { ...assets[0], ref: 'a/b.loom', name: 'b.loom' };
    asset = { ...loom, format: 'loom' };
    server = new FakeServer();
    stage = new Stage(server.client);
    stage.render(
      <Preview
        page={page({
          dataset: dataset({ assets: [assets[0], asset] }),
          in_library: [asset.ref]
        })}
      />
    );
    fireEvent.change(screen.getByRole('combobox'), {
      target: { value: asset.ref }
    });
    await act(() =>
      server.next().answer(facts({ name: 'b.loom', format: 'loom' }))
    );
    const { ref } = asset;
    act(() => stage.hub.transfers.accept(transfer({ ref, state: 'failed' })));
    expect(screen.queryByRole('button', { name: 'Convert' })).toBeNull();
    expect(
      screen.getByRole('list', { name: 'Transfer of this file' })
    ).toBeTruthy();
    act(() =>
      stage.hub.transfers.accept(
        transfer({ ref, state: 'cancelled', sequence: 9 })
      )
    );
    expect(screen.getByRole('button', { name: 'Convert' })).toBeTruthy();
  });

  it('has a table converted, of which nothing is known before', async () => {
    show({ format: 'csv', name: 'cells.csv', loads_as_anndata: true });
    expect(screen.queryByRole('region', { name: 'Preview' })).toBeNull();
    drawn.rerender(shown(false, false, true));
    expect(screen.getByText(/^What is in “cells.csv” is known/)).toBeTruthy();
    await userEvent.click(
      screen.getByRole('button', { name: 'Download and convert' })
    );
    expect(stage.calls).toHaveLength(1);
    expect(server.pending).toHaveLength(0);
    drawn.rerender(shown(true, true, true));
    await act(() => server.next().answer(facts({ name: 'cells.h5ad' })));
    expect(screen.getByText(/^read from “cells.h5ad”/)).toBeTruthy();
  });

  it('tells that selections are made of one modality', async () => {
    show({ format: 'h5mu', name: 'a.h5mu' }, true);
    await act(() => server.next().answer(facts({ format: 'h5mu' })));
    expect(
      screen.getByText(/^Selections are made of one modality\./)
    ).toBeTruthy();
    expect(screen.queryByRole('region', { name: 'Selection' })).toBeNull();
  });

  it('says quietly that a host sends no parts', async () => {
    show();
    await look();
    await act(() =>
      server.next().answer(
        {
          error: {
            code: 'not_supported',
            message: 'example.org sends no parts of files',
            source: 'cellxgene',
            hint: 'Download the file instead.',
            retry_after: null
          }
        },
        400
      )
    );
    expect(
      screen.getByText(/example.org sends no parts.*Download the file instead/)
    ).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('tells what a look costs before it is paid for, and keeps to that', async () => {
    show({ access: 'requester_pays', usd_per_gb: 0.09 });
    await look();
    const asked = server.next();
    expect(asked.url.searchParams.get('max_usd')).toBeNull();
    await act(() =>
      asked.answer(
        {
          error: {
            code: 'consent',
            message: 'A look at it is paid for',
            source: 's3',
            hint: '',
            retry_after: null,
            cost: {
              usd: 0.00423,
              bytes: 47e6,
              usd_per_gb: 0.09,
              price_date: '2026-06',
              files: 1,
              paid_usd: 0
            }
          }
        },
        402
      )
    );
    expect(screen.getByText(/costs 0.0043 USD at most/)).toBeTruthy();
    await userEvent.click(
      screen.getByRole('button', { name: 'Look at it for at most 0.0043 USD' })
    );
    const paid = server.next();
    expect(paid.url.searchParams.get('max_usd')).toBe('0.004300');
    await act(() => paid.answer(facts()));
    expect(screen.getByText('4 cells × 1,200 genes')).toBeTruthy();
  });

  it('names what failed, and tries it again', async () => {
    show();
    await look();
    await act(() => server.next().answer('down', 503));
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await act(() => server.next().answer(facts()));
    expect(screen.getByText('4 cells × 1,200 genes')).toBeTruthy();
  });

  it('is stopped by who does not want to wait', async () => {
    show();
    await look();
    await userEvent.click(screen.getByRole('button', { name: 'Stop' }));
    expect(screen.getByRole('button', { name: 'Preview' })).toBeTruthy();
  });

  it.each([
    ['another format', { format: 'rds' }],
    ['HDF5 that is no matrix', { format: 'h5', loads_as_anndata: false }],
    ['managed access', { access: 'controlled' as const }],
    ['being made on demand', { volatile: true }]
  ])('is not offered for %s', (_, change) => {
    show(change);
    expect(screen.queryByRole('region')).toBeNull();
  });
});
