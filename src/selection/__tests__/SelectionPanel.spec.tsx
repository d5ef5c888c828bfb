import { Clipboard } from '@jupyterlab/apputils';
import { act, fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import {
  FakeServer,
  trans,
  type PendingRequest
} from '../../api/__tests__/server';
import type { Preview, Selection } from '../../api/models';
import { Stage } from '../../browser/__tests__/stage';
import { column, preview } from '../../preview/__tests__/record';
import { ObsTable } from '../../preview/ObsTable';
import { SelectionModel } from '../model';
import { SelectionPanel } from '../SelectionPanel';
import { estimate } from './record';

describe('the selection on a page', () => {
  let server: FakeServer;
  let stage: Stage;
  let model: SelectionModel;

  function show(change: Partial<Preview> = {}): void {
    server = new FakeServer();
    stage = new Stage(server.client);
    model = new SelectionModel('ref', server.client, trans);
    const facts = preview(change);
    stage.render(
      <>
        <SelectionPanel
          model={model}
          facts={facts}
          title="Blood"
          here={false}
        />
        <ObsTable columns={facts.obs} by="" selection={model} onColumn={null} />
      </>
    );
  }

  /** The next request, once nothing changes any more. */
  async function asked(): Promise<PendingRequest> {
    await act(() => new Promise(resolve => setTimeout(resolve, 260)));
    return server.next();
  }

  const field = (name: string): HTMLElement =>
    screen.getByRole(name === 'Genes' ? 'combobox' : 'textbox', { name });

  afterEach(() => model.dispose());

  it('says how to begin, and asks for nothing', () => {
    show();
    expect(screen.getByText(/^All cells\. To load some/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Load selection' })).toBeNull();
    expect(server.pending).toHaveLength(0);
  });

  it('has a command that reads many genes from a file, which is to be saved', async () => {
    show();
    const genes = Array.from({ length: 5000 }, (_, n) => `ENSG${n}`);
    fireEvent.change(field('Genes'), {
      target: { value: `${genes.slice(0, 200).join(' ')} ` }
    });
    expect(screen.queryByRole('link', { name: /^Save genes/ })).toBeNull();
    fireEvent.change(field('Genes'), { target: { value: genes.join(', ') } });
    const file = screen.getByRole('link', { name: 'Save genes.txt' });
    expect(file).toHaveProperty('download', 'genes.txt');
    const text = decodeURIComponent(file.getAttribute('href') ?? '');
    expect(text).toBe(
      `data:text/plain;charset=utf-8,${genes.map(gene => `${gene}\n`).join('')}`
    );
    expect(file.parentElement?.textContent).toMatch(/these 5,000 genes/);
    const copied = jest
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(() => undefined);
    await userEvent.click(screen.getByRole('button', { name: 'Copy command' }));
    expect(copied).toHaveBeenCalledWith(
      'jupyter datahub get ref --genes @genes.txt'
    );
  });

  it('counts what is clicked, and loads it', async () => {
    show();
    await userEvent.click(screen.getByRole('button', { name: /^T cell/ }));
    const chips = screen.getByRole('list', { name: 'Active filters' });
    expect(chips.textContent).toBe('onlycell_type: T cell');
    expect(field('Cells where')).toHaveProperty(
      'value',
      "cell_type == 'T cell'"
    );
    const load = screen.getByRole('button', { name: 'Load selection' });
    expect(load).toHaveProperty('disabled', true);
    const request = await asked();
    const wanted: Selection = {
      where: "cell_type == 'T cell'",
      genes: [],
      layer: '',
      symbols: false
    };
    expect(request.route).toBe('POST previews/ref/selection');
    expect(JSON.parse(request.body)).toEqual(wanted);
    await act(() => request.answer(estimate()));
    const table = screen.getByRole('table', { name: 'What it costs' });
    expect(
      within(table)
        .getAllByRole('row')
        .map(row => row.textContent?.replace(/\u00a0/g, ' '))
    ).toEqual([
      'CellsGenesTo fetchIn memory',
      'Selection21,200700 kB600 B',
      'Whole file41,2001.4 GB1.5 kB'
    ]);
    await userEvent.click(load);
    expect(stage.calls).toEqual([
      [
        'load',
        'ref',
        'Blood',
        '',
        {
          way: 'whole',
          cluster: '',
          part: { selection: wanted, size: 700_000 }
        }
      ]
    ]);
    await userEvent.click(
      within(chips).getByRole('button', { name: /^only cell_type/ })
    );
    expect(field('Cells where')).toHaveProperty(
      'value',
      "not cell_type == 'T cell'"
    );
    await userEvent.click(screen.getByRole('button', { name: 'Reset all' }));
    expect(screen.queryByRole('table', { name: 'What it costs' })).toBeNull();
  });

  it('says where an expression is wrong', async () => {
    show();
    await userEvent.type(field('Cells where'), 'cell_typ');
    const request = await asked();
    await act(() =>
      request.answer(
        {
          error: {
            code: 'where',
            message: "obs has no column 'cell_typ' (character 1)",
            source: '',
            hint: 'Did you mean cell_type?',
            retry_after: null,
            position: 0
          }
        },
        422
      )
    );
    expect(
      screen.getByText(/Obs has no column 'cell_typ'.*Did you mean cell_type\?/)
    ).toBeTruthy();
    expect(field('Cells where').getAttribute('aria-invalid')).toBe('true');
    expect(
      screen.getByRole('button', { name: 'Load selection' })
    ).toHaveProperty('disabled', true);
  });

  it('takes genes as they are pasted, and names those that are not there', async () => {
    show();
    const paste = new Event('paste', { bubbles: true, cancelable: true });
    fireEvent(
      field('Genes'),
      Object.assign(paste, {
        clipboardData: { getData: () => 'CD3D\nMS4A1, FOO\nCD3D' }
      })
    );
    const request = await asked();
    await act(() =>
      request.answer(estimate({ genes: 2, unknown_genes: ['FOO'] }))
    );
    expect(screen.getByText(/1 gene is not in the file: FOO/)).toBeTruthy();
    expect(screen.getByText(/taken once each: CD3D/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Remove it' }));
    expect(model.state.selection.genes).toEqual(['CD3D', 'MS4A1']);
  });

  it('completes a gene while it is typed', async () => {
    show();
    await userEvent.type(field('Genes'), 'cd3');
    const request = await asked();
    expect(request.url.searchParams.get('find')).toBe('cd3');
    await act(() =>
      request.answer({ genes: [{ name: 'ENSG1', symbol: 'CD3D' }] })
    );
    await userEvent.keyboard('{Enter}');
    expect(model.state.selection.genes).toEqual(['ENSG1']);
  });

  it('offers the matrices, with raw counts marked, and primary data', async () => {
    const { x } = preview();
    show({
      raw: { ...x!, name: 'raw.X' },
      layers: [{ ...x!, name: 'layers/logs' }],
      raw_counts: 'raw.X',
      primary: 0.5
    });
    const matrix = screen.getByRole('combobox', { name: 'Matrix' });
    expect(
      within(matrix)
        .getAllByRole('option')
        .map(option => option.textContent)
    ).toEqual(['X', 'raw.X (raw counts)', 'logs']);
    fireEvent.change(matrix, { target: { value: 'raw' } });
    await userEvent.click(screen.getByRole('checkbox', { name: /symbols/ }));
    await userEvent.click(
      screen.getByRole('checkbox', { name: /^Primary data only/ })
    );
    expect(model.state.selection).toEqual({
      where: 'is_primary_data',
      genes: [],
      layer: 'raw',
      symbols: true
    });
  });

  it('chooses a range of numbers by its ends', async () => {
    show({
      obs: [
        column('n_genes', {
          kind: 'numbers',
          dtype: 'int64',
          top: [],
          categories: null,
          low: 100,
          high: 4000,
          histogram: [3, 2, 1]
        })
      ]
    });
    await userEvent.click(
      screen.getByRole('button', { name: 'Choose a range of n_genes' })
    );
    const range = screen.getByRole('group', { name: 'Range of n_genes' });
    await userEvent.type(within(range).getByLabelText('from'), '1,500{Enter}');
    expect(model.state.selection.where).toBe('n_genes >= 1500');
    await userEvent.type(within(range).getByLabelText('to'), 'many{Enter}');
    expect(within(range).getByRole('alert').textContent).toContain(
      '“many” is not a number'
    );
    expect(model.state.selection.where).toBe('n_genes >= 1500');
  });

  it('finds values that are not shown', async () => {
    show({ obs: [column('donor', { categories: 30 })] });
    const finder = screen.getByRole('combobox', {
      name: '28 more values of donor'
    });
    fireEvent.change(finder, { target: { value: 'D2' } });
    const request = await asked();
    const { searchParams } = request.url;
    expect([searchParams.get('column'), searchParams.get('find')]).toEqual([
      'donor',
      'D2'
    ]);
    await act(() =>
      request.answer({ values: [{ value: 'D21', count: 7 }], more: false })
    );
    await userEvent.click(finder);
    await userEvent.keyboard('{Enter}');
    expect(model.state.selection.where).toBe("donor == 'D21'");
  });
});
