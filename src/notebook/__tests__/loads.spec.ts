import type { JupyterFrontEnd } from '@jupyterlab/application';
import {
  Notification,
  type ISessionContext,
  type ISessionContextDialogs
} from '@jupyterlab/apputils';
import { StateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { DataHubError } from '../../api/errors';
import type { CellReply, Transfer, TransferState } from '../../api/models';
import type { IDataHub } from '../../tokens';
import { Deliveries } from '../deliveries';
import { Loads } from '../loads';
import type { IAddress, ITarget } from '../target';
import type { Targets } from '../targets';
import { StateStore } from '../wish-store';
import { WishList } from '../wishes';

const ADDRESS: IAddress = { kind: 'notebook', path: 'work/a.ipynb' };

function transferIn(state: TransferState, id = 't1'): Transfer {
  return {
    id,
    ref: 'cellxgene:v1',
    title: 'Lung',
    name: 'lung.h5ad',
    source: 'cellxgene',
    state,
    done: 0,
    size: 100,
    rate: 0,
    remaining: null,
    note: '',
    path: '/data/lung.h5ad',
    sha256: '',
    error: null,
    created: '',
    updated: '',
    sequence: 1
  };
}

function replyOf(variable: string, note = ''): CellReply {
  return {
    code: `${variable} = 1`,
    language: 'python',
    variable,
    note,
    path: '',
    input: null,
    layers: []
  };
}

/** A page with a queue, a kernel that knows `names`, and documents to open. */
class Page {
  constructor(readonly db = new StateDB()) {
    const app = {
      shell: { currentWidget: null }
    } as unknown as JupyterFrontEnd;
    const dialogs = {
      selectKernel: jest.fn()
    } as unknown as ISessionContextDialogs;
    this.loads = new Loads({
      app,
      hub: this.hub,
      targets: this.targets,
      wishes: new WishList(new StateStore(db)),
      deliveries: new Deliveries(app, this.hub, this.targets, dialogs),
      directory: () => '',
      patience: 0
    });
  }

  /** The queue says something new. */
  queue(...items: Transfer[]): void {
    this.items = items;
    this.changed.emit();
  }

  /** Let everything that can happen now happen. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) {
      await Promise.resolve();
    }
  }

  items: Transfer[] = [];
  answer: Transfer | Error | null = transferIn('running');
  cell: CellReply | Error = replyOf('lung');
  open = true;
  readOnly = false;
  kernel: object | null = {
    status: 'idle',
    info: Promise.resolve({ language_info: { name: 'python' } }),
    requestExecute: () => ({
      done: Promise.resolve({
        content: {
          status: 'ok',
          user_expressions: {
            names: { data: { 'text/plain': "'x y'" } },
            visible: { data: { 'text/plain': 'True' } }
          }
        }
      })
    })
  };
  readonly delivered: string[] = [];
  readonly opened: string[] = [];
  readonly acted: string[] = [];
  readonly asked: object[] = [];
  readonly loads: Loads;
  readonly changed = new Signal<object, void>({});

  readonly target = {
    ...ADDRESS,
    id: 'panel',
    name: 'a.ipynb',
    directory: 'work',
    variables: ['earlier'],
    ready: Promise.resolve(),
    place: () => ({ cell: 'c1', side: 'below' }),
    deliver: (reply: CellReply) => {
      this.delivered.push(reply.code);
      return Promise.resolve(true);
    }
  } as unknown as ITarget;

  private readonly hub = {
    trans: nullTranslator.load('test'),
    download: () =>
      this.answer instanceof Error
        ? Promise.reject(this.answer)
        : Promise.resolve(this.answer),
    client: {
      kernelProbe: () => Promise.resolve({ expression: '' }),
      cells: (request: object) => {
        this.asked.push(request);
        return this.cell instanceof Error
          ? Promise.reject(this.cell)
          : Promise.resolve(this.cell);
      }
    },
    transfers: Object.defineProperty(
      {
        changed: this.changed,
        awaited: new Set<string>(),
        act: (id: string, action: string) => {
          this.acted.push(`${action} ${id}`);
          return Promise.resolve();
        },
        sync: () => Promise.resolve()
      },
      'items',
      { get: () => this.items }
    )
  } as unknown as IDataHub;

  private readonly targets = {
    current: () => this.at(),
    at: () => this.at(),
    open: (path: string) => {
      this.opened.push(path);
      return Promise.resolve(null);
    },
    reveal: () => undefined
  } as unknown as Targets;

  private at(): ITarget | null {
    return this.open
      ? Object.assign(this.target, {
          readOnly: this.readOnly,
          sessionContext: {
            ready: Promise.resolve(),
            hasNoKernel: this.kernel === null,
            session: { kernel: this.kernel }
          } as unknown as ISessionContext
        })
      : null;
  }
}

function messages(): string[] {
  return Notification.manager.notifications.map(({ message }) => message);
}

beforeEach(() => Notification.dismiss());

describe('a load', () => {
  it('hands over at once what is in the library', async () => {
    const page = new Page();
    page.answer = transferIn('done');
    await page.loads.load('cellxgene:v1', 'Lung');
    await page.settle();
    expect(page.delivered).toEqual(['lung = 1']);
    expect(page.asked[0]).toEqual({
      ref: 'cellxgene:v1',
      language: 'python',
      names: ['x', 'y'],
      working_directory: '',
      path_visible: true,
      directory: 'work'
    });
    expect(messages()).toEqual([]);
  });

  it('waits for the transfer, and tells of it', async () => {
    jest.useFakeTimers();
    const page = new Page();
    await page.loads.load('cellxgene:v1', 'Lung');
    jest.runOnlyPendingTimers();
    jest.useRealTimers();
    expect(messages()[0]).toContain('a.ipynb');
    page.queue({ ...transferIn('running'), done: 50 });
    await page.settle();
    expect(page.delivered).toEqual([]);
    page.queue(transferIn('done'));
    page.queue(transferIn('done'));
    await page.settle();
    expect(page.delivered).toEqual(['lung = 1']);
    expect(messages()[0]).toContain('“lung”');
  });

  it('downloads nothing where workers read the file where it is', async () => {
    const page = new Page();
    page.answer = new Error('downloaded');
    await page.loads.load('cellxgene:v1', 'Lung', undefined, '', {
      way: 'dask',
      cluster: '',
      here: true
    });
    await page.settle();
    expect(page.delivered).toEqual(['lung = 1']);
    expect(page.asked[0]).toMatchObject({ way: 'dask', in_place: true });
  });

  it('goes on after a reload of the page', async () => {
    const db = new StateDB();
    await new Page(db).loads.load('cellxgene:v1', 'Lung');
    const page = new Page(db);
    page.items = [transferIn('done')];
    await page.loads.resume();
    await page.settle();
    expect(page.delivered).toEqual(['lung = 1']);
    const third = new Page(db);
    await third.loads.resume();
    await third.settle();
    expect(third.delivered).toEqual([]);
  });

  it('waits for its notebook when that is closed, and offers to open it', async () => {
    const page = new Page();
    await page.loads.load('cellxgene:v1', 'Lung');
    page.open = false;
    jest.useFakeTimers();
    page.queue(transferIn('done'));
    page.queue(transferIn('done'));
    jest.runOnlyPendingTimers();
    jest.useRealTimers();
    expect(page.delivered).toEqual([]);
    const [offer] = Notification.manager.notifications;
    expect(offer.message).toContain('a.ipynb is not open');
    offer.options.actions![0].callback(new MouseEvent('click'));
    expect(page.opened).toEqual(['work/a.ipynb']);
    page.open = true;
    page.loads.look();
    await page.settle();
    expect(page.delivered).toEqual(['lung = 1']);
  });

  it('is forgotten when its transfer is cancelled', async () => {
    const page = new Page();
    await page.loads.load('cellxgene:v1', 'Lung');
    page.queue(transferIn('cancelled'));
    expect(messages()).toEqual([]);
    page.queue(transferIn('done'));
    await page.settle();
    expect(page.delivered).toEqual([]);
  });

  it('is forgotten when its transfer is taken off the list', async () => {
    const page = new Page();
    await page.loads.load('cellxgene:v1', 'Lung');
    page.queue(transferIn('running'));
    page.queue();
    page.queue(transferIn('done'));
    await page.settle();
    expect(page.delivered).toEqual([]);
  });

  it('outlives a failed transfer that is tried again', async () => {
    const page = new Page();
    await page.loads.load('cellxgene:v1', 'Lung');
    const error = {
      code: 'unreachable',
      message: 'No answer from example.org',
      hint: 'Try again later',
      source: '',
      retry_after: null,
      fields: [],
      cost: null,
      position: null
    };
    page.queue({ ...transferIn('failed'), error });
    const [failure] = Notification.manager.notifications;
    expect(failure.message).toContain('No answer from example.org');
    failure.options.actions![0].callback(new MouseEvent('click'));
    expect(page.acted).toEqual(['retry t1']);
    page.queue(transferIn('done'));
    await page.settle();
    expect(page.delivered).toEqual(['lung = 1']);
  });

  it('hands over one after the other', async () => {
    const page = new Page();
    page.answer = transferIn('running', 't1');
    await page.loads.load('cellxgene:v1', 'Lung');
    page.answer = transferIn('running', 't2');
    await page.loads.load('cellxgene:v2', 'Blood');
    page.queue(transferIn('done', 't1'), transferIn('done', 't2'));
    await page.settle();
    expect(page.delivered).toHaveLength(2);
  });

  it('says that a name was numbered', async () => {
    const page = new Page();
    page.answer = transferIn('done');
    page.cell = replyOf('lung_2', 'lung is taken');
    await page.loads.load('cellxgene:v1', 'Lung');
    await page.settle();
    expect(messages()[0]).toContain('lung is taken.');
  });

  it('goes on with a busy kernel, and says so', async () => {
    const page = new Page();
    page.answer = transferIn('done');
    page.kernel = {
      ...page.kernel,
      requestExecute: () => ({
        done: Promise.reject(new Error('no answer')),
        dispose: () => undefined
      })
    };
    await page.loads.load('cellxgene:v1', 'Lung');
    await page.settle();
    expect(page.asked[0]).toMatchObject({
      names: ['earlier'],
      path_visible: null
    });
    expect(messages()[0]).toContain('names were not checked');
  });

  it('changes nothing in a read-only notebook', async () => {
    const page = new Page();
    page.readOnly = true;
    await page.loads.load('cellxgene:v1', 'Lung');
    await page.settle();
    expect(page.delivered).toEqual([]);
    expect(messages()[0]).toContain('read-only');
  });

  it('needs a kernel', async () => {
    const page = new Page();
    page.answer = transferIn('done');
    page.kernel = null;
    await page.loads.load('cellxgene:v1', 'Lung');
    await page.settle();
    expect(page.delivered).toEqual([]);
    expect(messages()[0]).toContain('has no kernel');
  });

  it('says which languages there are cells for', async () => {
    const page = new Page();
    page.answer = transferIn('done');
    page.cell = new DataHubError({
      code: 'bad_request',
      message: 'There is no cell for the language Fortran',
      hint: 'Choose a Python kernel',
      source: '',
      retry_after: null
    });
    await page.loads.load('cellxgene:v1', 'Lung');
    await page.settle();
    expect(messages()[0]).toBe(
      '“Lung” was not loaded: There is no cell for the language Fortran. ' +
        'Choose a Python kernel.'
    );
  });

  it('says why a download could not be queued', async () => {
    const page = new Page();
    page.answer = new Error('The disk is full');
    await page.loads.load('cellxgene:v1', 'Lung');
    expect(messages()[0]).toContain('The disk is full.');
  });

  it('ends without a word when the user does not want the download', async () => {
    const page = new Page();
    page.answer = null;
    await page.loads.load('cellxgene:v1', 'Lung');
    expect(messages()).toEqual([]);
  });
});
