import type { Kernel } from '@jupyterlab/services';

import { inTime, languageOf, probePython, readProbe, SILENT } from '../probe';

interface IReply {
  content: { status: string; user_expressions?: unknown };
}

function kernel(
  reply: Promise<IReply>,
  more: object = {}
): {
  connection: Kernel.IKernelConnection;
  sent: { [name: string]: unknown }[];
  disposed: () => boolean;
} {
  const sent: { [name: string]: unknown }[] = [];
  let disposed = false;
  const connection = {
    requestExecute: (content: { [name: string]: unknown }) => {
      sent.push(content);
      return {
        done: reply,
        dispose: () => {
          disposed = true;
        }
      };
    },
    ...more
  } as unknown as Kernel.IKernelConnection;
  return { connection, sent, disposed: () => disposed };
}

function value(text: string): object {
  return { status: 'ok', data: { 'text/plain': text } };
}

const never = new Promise<never>(() => undefined);

describe('asking a Python kernel', () => {
  it('reads the names that are alive and whether the file is seen', async () => {
    const { connection, sent } = kernel(
      Promise.resolve({
        content: {
          status: 'ok',
          user_expressions: {
            names: value("'In Out adata größe'"),
            visible: value('True'),
            directory: value("'2f6461746120c3bc'")
          }
        }
      })
    );
    const probe = await probePython(connection, '/data/a "b".h5ad');
    expect(probe).toEqual({
      answered: true,
      names: ['In', 'Out', 'adata', 'größe'],
      pathVisible: true,
      workingDirectory: '/data ü',
      memory: null
    });
    expect(sent[0]).toMatchObject({
      code: '',
      silent: true,
      store_history: false
    });
    expect(JSON.stringify(sent[0].user_expressions)).toContain(
      String.raw`/data/a \\\"b\\\".h5ad`
    );
  });

  it('takes no answer for an answer when the kernel is busy', async () => {
    const { connection, disposed } = kernel(never);
    expect(await probePython(connection, '/a', { patience: 5 })).toEqual(
      SILENT
    );
    expect(disposed()).toBe(true);
  });

  it('takes a kernel that died for one that does not answer', async () => {
    const { connection } = kernel(Promise.reject(new Error('dead')));
    expect(await probePython(connection, '/a')).toEqual(SILENT);
  });

  it('takes a failed request for no answer', async () => {
    const { connection } = kernel(
      Promise.resolve({ content: { status: 'error' } })
    );
    expect(await probePython(connection, '/a')).toEqual(SILENT);
  });

  it('does not know of the file when only that expression failed', () => {
    const probe = readProbe({
      names: value("'x'"),
      visible: { status: 'error', ename: 'NameError' }
    });
    expect(probe).toEqual({
      answered: true,
      names: ['x'],
      pathVisible: null,
      workingDirectory: '',
      memory: null
    });
  });

  it.each([[undefined], [{}], [{ names: { status: 'error' } }]])(
    'knows nothing when the names are missing: %p',
    expressions => {
      expect(readProbe(expressions)).toEqual(SILENT);
    }
  );
});

describe('the language of a kernel', () => {
  it('is what the kernel says', async () => {
    const info = Promise.resolve({ language_info: { name: 'Python' } });
    const { connection } = kernel(never, { info });
    expect(await languageOf(connection)).toBe('python');
  });

  it('is that of its specification while it does not answer', async () => {
    const spec = Promise.resolve({ language: 'R' });
    const { connection } = kernel(never, { info: never, spec });
    expect(await languageOf(connection, 5)).toBe('r');
  });

  it('is empty where nobody tells it', async () => {
    const spec = Promise.resolve(undefined);
    const { connection } = kernel(never, { info: never, spec });
    expect(await languageOf(connection, 5)).toBe('');
  });
});

describe('waiting', () => {
  it('hands on what came in time, and what failed', async () => {
    expect(await inTime(Promise.resolve(1), 1000)).toBe(1);
    await expect(inTime(Promise.reject(new Error('no')), 1000)).rejects.toThrow(
      'no'
    );
  });
});
