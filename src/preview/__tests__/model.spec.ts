import { settle, trans } from '../../api/__tests__/server';
import { CancelledError } from '../../api/errors';
import type { Preview } from '../../api/models';
import { PreviewModel } from '../model';
import { categories, numbers, points } from './packed';
import { preview } from './record';

type Asked = [string, object];

/** A server that answers as the test wants. */
class Server {
  facts: Preview = preview();
  readonly asked: Asked[] = [];
  answers: { [by: string]: ArrayBuffer | Error | Promise<ArrayBuffer> } = {
    X_umap: points(),
    X_pca: points({ embedding: 'X_pca' }),
    cell_type: categories(),
    n_genes: numbers()
  };

  preview(): Promise<Preview> {
    this.asked.push(['facts', {}]);
    return Promise.resolve(this.facts);
  }

  async previewArrays(
    _: string,
    what: string,
    params: { embedding: string } | { by: string }
  ): Promise<ArrayBuffer> {
    this.asked.push([what, params]);
    const name = 'by' in params ? params.by : params.embedding;
    const answer = await this.answers[name];
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  }
}

describe('the preview of a file', () => {
  let server: Server;
  let model: PreviewModel;

  beforeEach(() => {
    server = new Server();
    model = new PreviewModel('ref', server, trans);
  });

  afterEach(() => model.dispose());

  it('has facts, then its picture, and fetches no more than was chosen', async () => {
    await model.load();
    expect(model.state.colours?.by).toBe('cell_type');
    await model.chooseColumn('n_genes');
    await model.chooseEmbedding('X_pca');
    await model.chooseColumn('');
    expect(server.asked).toEqual([
      ['facts', {}],
      ['points', { embedding: 'X_umap' }],
      ['colours', { by: 'cell_type' }],
      ['colours', { by: 'n_genes' }],
      ['points', { embedding: 'X_pca' }]
    ]);
    expect(model.state).toMatchObject({ colours: null, drawing: false });
    expect(model.state.points?.embedding).toBe('X_pca');
  });

  it('asks for no picture where there is nothing to draw', async () => {
    server.facts = preview({
      picture: { ...preview().picture, embedding: '', embeddings: [] }
    });
    await model.load();
    expect(server.asked).toEqual([['facts', {}]]);
  });

  it('keeps the picture where another column cannot be had', async () => {
    server.answers.donor = new Error('too many');
    await model.load();
    await model.chooseColumn('donor');
    expect(model.state.colours?.by).toBe('cell_type');
    expect(model.state.pictureError).toEqual(new Error('too many'));
    await model.chooseColumn('n_genes');
    expect(model.state).toMatchObject({ pictureError: null });
  });

  it('shows what was chosen last, whatever arrives last', async () => {
    let answer: (buffer: ArrayBuffer) => void = () => undefined;
    server.answers.late = new Promise(resolve => {
      answer = resolve;
    });
    await model.load();
    const late = model.chooseColumn('late');
    await model.chooseColumn('n_genes');
    answer(categories({ by: 'late' }));
    await late;
    expect(model.state.colours?.by).toBe('n_genes');
    expect(model.state.pictureError).toBeNull();
  });

  it('does not mix two states of a file', async () => {
    server.answers.n_genes = numbers({ key: 'another' });
    await model.load();
    await model.chooseColumn('n_genes');
    expect(String(model.state.pictureError)).toContain('has changed');
    expect(model.state.colours?.by).toBe('cell_type');
  });

  it('is stopped without an error', async () => {
    let fail: (error: Error) => void = () => undefined;
    server.preview = () =>
      new Promise((_, reject) => {
        fail = reject;
      });
    const loading = model.load();
    await settle();
    expect(model.state.busy).toBe(true);
    model.stop();
    fail(new CancelledError());
    await loading;
    expect(model.state).toMatchObject({ busy: false, error: null });
  });
});
