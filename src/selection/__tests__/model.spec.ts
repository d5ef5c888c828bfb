import { settle, trans } from '../../api/__tests__/server';
import { DataHubError } from '../../api/errors';
import type { Selection, SelectionEstimate } from '../../api/models';
import { KEY, packed } from '../../preview/__tests__/packed';
import { SelectionModel } from '../model';
import { estimate } from './record';

type Answer<T> = (answer: T | Error) => void;

/** A server that answers when the test wants. */
class Server {
  readonly asked: Selection[] = [];
  readonly masks: string[] = [];
  readonly answers: Answer<SelectionEstimate>[] = [];
  mask = packed(
    { kind: 'mask', key: KEY },
    { mask: Uint8Array.of(1, 0, 0, 1) }
  );

  selection(_: string, selection: Selection): Promise<SelectionEstimate> {
    this.asked.push(selection);
    return new Promise((resolve, reject) => {
      this.answers.push(answer =>
        answer instanceof Error ? reject(answer) : resolve(answer)
      );
    });
  }

  selectionPoints(
    _: string,
    { where }: Selection,
    embedding: string
  ): Promise<ArrayBuffer> {
    this.masks.push(`${embedding}: ${where}`);
    return Promise.resolve(this.mask);
  }
}

const SHOWN = { embedding: 'X_umap', key: KEY, points: 4, by: 'cell_type' };

describe('what is chosen of a file', () => {
  let server: Server;
  let model: SelectionModel;

  beforeEach(() => {
    jest.useFakeTimers();
    server = new Server();
    model = new SelectionModel('ref', server, trans);
    model.show(SHOWN);
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  async function pass(): Promise<void> {
    jest.advanceTimersByTime(250);
    await settle();
  }

  it('is asked about once nothing changes, and the last answer counts', async () => {
    model.setWhere('n_genes > 1');
    jest.advanceTimersByTime(200);
    model.setWhere('n_genes > 12');
    await pass();
    expect(server.asked.map(({ where }) => where)).toEqual(['n_genes > 12']);
    expect(model.state.waiting).toBe(true);
    model.setWhere('n_genes > 123');
    await pass();
    server.answers[1](estimate({ cells: 3 }));
    server.answers[0](estimate({ cells: 2 }));
    await settle();
    expect(model.state.estimate?.cells).toBe(3);
    expect(model.state.waiting).toBe(false);
  });

  it('keeps the last count beside what is wrong with an expression', async () => {
    model.setWhere('n_genes > 1');
    await pass();
    server.answers[0](estimate());
    await settle();
    const error = new DataHubError({
      code: 'where',
      message: 'obs has no column',
      source: '',
      hint: '',
      retry_after: null,
      position: 0
    });
    model.setWhere('genes > 1');
    await pass();
    server.answers[1](error);
    await settle();
    expect(model.state.error).toBe(error);
    expect(model.state.estimate?.cells).toBe(2);
    model.reset();
    expect(model.isEmpty).toBe(true);
    expect(model.state).toMatchObject({ error: null, estimate: null });
  });

  it('tells the points of the picture apart where the colours do not', async () => {
    model.toggle('cell_type', 'B cell', false, true);
    await pass();
    expect(server.masks).toEqual([]);
    model.toggle('tissue', 'lung', false, true);
    await pass();
    expect(server.masks).toEqual([
      "X_umap: cell_type == 'B cell' and tissue == 'lung'"
    ]);
    expect([...model.state.mask!]).toEqual([1, 0, 0, 1]);
    model.show({ ...SHOWN, embedding: 'X_pca' });
    expect(model.state.mask).toBeNull();
    await pass();
    expect(server.masks).toHaveLength(2);
    model.setFilters([]);
    expect(model.state.mask).toBeNull();
  });

  it('dims no points of another state of the file', async () => {
    model.show({ ...SHOWN, key: 'another' });
    model.setWhere('n_genes > 1');
    await pass();
    expect(server.masks).toHaveLength(1);
    expect(model.state.mask).toBeNull();
  });

  it('understands what is written, and writes what is clicked', () => {
    model.setWhere("cell_type == 'B cell' and n_genes >= 500");
    expect(model.state.filters.map(({ kind }) => kind)).toEqual([
      'values',
      'range'
    ]);
    model.replace(model.state.filters[0], null);
    expect(model.state.selection.where).toBe('n_genes >= 500');
    model.setWhere('n_genes >= 500 or');
    expect(model.state.filters).toEqual([
      { kind: 'expression', text: 'n_genes >= 500 or' }
    ]);
  });

  it('has genes once, and says which came twice', () => {
    model.addGenes('CD3D CD3D');
    model.addGenes('CD3D,MS4A1');
    expect(model.state.selection.genes).toEqual(['CD3D', 'MS4A1']);
    expect(model.state.doubled).toEqual(['CD3D']);
    model.setGenes(['MS4A1']);
    expect(model.state.doubled).toEqual([]);
    model.setMatrix({ layer: 'raw' });
    expect(model.state.selection).toEqual({
      where: '',
      genes: ['MS4A1'],
      layer: 'raw',
      symbols: false
    });
  });
});
