import type {
  ISessionContext,
  ISessionContextDialogs
} from '@jupyterlab/apputils';

import type { CellReply, LoadOptions, LoadWay } from '../../api/models';
import type { IKernelState } from '../../loading/kernel';
import { WHERE_IT_IS, type IManner } from '../../loading/manner';
import { handOff, type HandOffResult } from '../hand-off';
import type { ITarget } from '../target';

function hex(said: object): string {
  return [...new TextEncoder().encode(JSON.stringify(said))]
    .map(byte => byte.toString(16).padStart(2, '0'))
    .join('');
}

function optionsWith(fits: boolean | null): LoadOptions {
  const option = (way: LoadWay, fitting: boolean | null): object => ({
    way,
    needs: 6e9,
    fits: fitting,
    missing: [],
    note: ''
  });
  return {
    ref: 'r',
    best: fits === false ? 'backed' : 'whole',
    options: [option('whole', fits), option('backed', true)],
    free: 2e9,
    limits: 'container',
    asked: 'kernel',
    basis: 'preview',
    note: ''
  } as LoadOptions;
}

interface IHandedOver {
  result: HandOffResult;
  cells: { [key: string]: unknown }[];
  kernels: (IKernelState | null)[];
  asked: number;
}

async function handOver(
  memory: object,
  options: LoadOptions | Error,
  {
    size = 1e9,
    manner,
    answer = null
  }: { size?: number | null; manner?: IManner; answer?: IManner | null } = {}
): Promise<IHandedOver> {
  const cells: { [key: string]: unknown }[] = [];
  const kernels: (IKernelState | null)[] = [];
  let asked = 0;
  const kernel = {
    status: 'idle',
    info: Promise.resolve({ language_info: { name: 'python' } }),
    requestExecute: ({
      user_expressions
    }: {
      user_expressions: { [key: string]: string };
    }) => ({
      done: Promise.resolve({
        content: {
          status: 'ok',
          user_expressions: {
            names: { data: { 'text/plain': "'x'" } },
            ...(user_expressions.memory === 'measure()' && {
              memory: { data: { 'text/plain': `'${hex(memory)}'` } }
            })
          }
        }
      })
    })
  };
  const target = {
    ready: Promise.resolve(),
    readOnly: false,
    directory: '',
    variables: [],
    sessionContext: {
      ready: Promise.resolve(),
      hasNoKernel: false,
      session: { kernel }
    } as unknown as ISessionContext,
    deliver: () => Promise.resolve(true)
  } as unknown as ITarget;
  const result = await handOff(
    { ref: 'r', path: '/r.h5ad', target, place: null, size, manner },
    {
      kernelProbe: () => Promise.resolve({ expression: 'measure()' }),
      loadOptions: (_ref, state) => {
        kernels.push(state);
        return options instanceof Error
          ? Promise.reject(options)
          : Promise.resolve(options);
      },
      cells: request => {
        cells.push(request);
        return Promise.resolve({ variable: 'r' } as CellReply);
      }
    },
    {} as ISessionContextDialogs,
    () => {
      asked += 1;
      return Promise.resolve(answer);
    }
  );
  return { result, cells, kernels, asked };
}

const TIGHT = { free: 2e9, limits: 'container', missing: ['dask'] };

describe('a hand-off', () => {
  it('runs what fits without a word, and tells the server what the kernel said', async () => {
    const { result, asked, kernels, cells } = await handOver(
      TIGHT,
      optionsWith(true)
    );
    expect(result.outcome).toBe('ran');
    expect(asked).toBe(0);
    expect(kernels).toEqual([{ language: 'python', memory: TIGHT }]);
    expect(cells[0]).not.toHaveProperty('way');
  });

  it('asks before a load that would end the kernel', async () => {
    const answer: IManner = { way: 'backed', cluster: '' };
    const chosen = await handOver(TIGHT, optionsWith(false), { answer });
    expect(chosen.asked).toBe(1);
    expect(chosen.cells[0]).toMatchObject(answer);
    const off = await handOver(TIGHT, optionsWith(false));
    expect([off.result.outcome, off.cells]).toEqual(['called-off', []]);
  });

  it('loads all of it where the user wants that all the same', async () => {
    const answer: IManner = { way: 'whole', cluster: '' };
    const { result } = await handOver(TIGHT, optionsWith(false), { answer });
    expect(result.outcome).toBe('ran');
  });

  it('asks nothing of what was chosen on the page, and nothing of small files', async () => {
    const manner: IManner = { way: 'lazy', cluster: '' };
    const chosen = await handOver(TIGHT, optionsWith(false), { manner });
    expect([chosen.asked, chosen.kernels]).toEqual([0, []]);
    expect(chosen.cells[0]).toMatchObject(manner);
    const small = await handOver(TIGHT, optionsWith(false), { size: 1e6 });
    expect(small.kernels).toEqual([]);
    const tiny = { ...TIGHT, free: 1e8 };
    const tight = await handOver(tiny, optionsWith(false), { size: 1e6 });
    expect(tight.asked).toBe(1);
  });

  it('has workers of a cluster read a file where it is', async () => {
    const manner: IManner = { way: 'dask', cluster: 'gateway', here: true };
    const { cells } = await handOver(TIGHT, optionsWith(false), { manner });
    expect(cells[0]).toMatchObject({
      way: 'dask',
      cluster: 'gateway',
      in_place: true
    });
  });

  it('asks nothing of an image that is opened where it is', async () => {
    const { asked, cells } = await handOver(TIGHT, optionsWith(false), {
      manner: WHERE_IT_IS
    });
    expect([asked, cells[0].in_place]).toEqual([0, true]);
  });

  it('leads to the choice of cells and genes', async () => {
    const answer: IManner = { way: 'selection', cluster: '' };
    const { result, cells } = await handOver(TIGHT, optionsWith(false), {
      answer
    });
    expect([result.outcome, cells]).toEqual(['selection', []]);
  });

  it('goes on where nobody can say what it takes', async () => {
    const { result } = await handOver(TIGHT, new Error('no'));
    expect(result.outcome).toBe('ran');
  });
});
