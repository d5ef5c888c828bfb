import type { JupyterFrontEnd } from '@jupyterlab/application';
import type {
  ISessionContext,
  ISessionContextDialogs
} from '@jupyterlab/apputils';
import { StateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { CellReply, Transfer, TransferState } from '../../api/models';
import type { IDataHub } from '../../tokens';
import { Deliveries } from '../deliveries';
import { Loads } from '../loads';
import type { IAddress, ITarget } from '../target';
import type { Targets } from '../targets';
import { StateStore } from '../wish-store';
import { WishList } from '../wishes';

const ADDRESS: IAddress = { kind: 'notebook', path: 'work/a.ipynb' };

export function transferIn(state: TransferState, id = 't1'): Transfer {
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

export function replyOf(variable: string, note = ''): CellReply {
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
export class Page {
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
