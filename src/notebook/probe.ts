import type { Kernel } from '@jupyterlab/services';

import { readMemory, type IKernelMemory } from '../loading/kernel';

/** What a kernel says of itself before a cell is handed to it. */
export interface IProbe {
  /** Whether the kernel answered in time. */
  answered: boolean;
  /** The names alive in the kernel; empty when it did not answer. */
  names: string[];
  /** Whether the kernel sees the file; null when it did not answer. */
  pathVisible: boolean | null;
  /** The kernel's working directory; empty when it did not say. */
  workingDirectory: string;
  /** What it says of its memory; null where it was not asked. */
  memory: IKernelMemory | null;
}

/** What is known of a kernel that was not asked, or did not answer. */
export const SILENT: IProbe = {
  answered: false,
  names: [],
  pathVisible: null,
  workingDirectory: '',
  memory: null
};

/** How long a kernel may take to answer, in milliseconds. */
export const PATIENCE = 3000;

/** Resolve to null when `promise` takes longer than `milliseconds`. */
export async function inTime<T>(
  promise: Promise<T>,
  milliseconds: number
): Promise<T | null> {
  let timer: number | undefined;
  const late = new Promise<null>(resolve => {
    timer = window.setTimeout(() => resolve(null), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    window.clearTimeout(timer);
  }
}

/**
 * Return the language of a kernel, in lower case.
 *
 * A kernel that is busy since before this page was loaded answers no `kernel_info_request`
 * until its cell is done; the kernel's specification then says the language.
 */
export async function languageOf(
  kernel: Kernel.IKernelConnection,
  patience = PATIENCE
): Promise<string> {
  const info = await inTime(kernel.info, patience);
  const name = info
    ? info.language_info.name
    : ((await kernel.spec)?.language ?? '');
  return name.toLowerCase();
}

/**
 * Ask a Python kernel, unseen, which names are alive and whether it sees a file or folder.
 *
 * The expressions use no name that a user may have redefined, and leave none behind. The
 * request queues behind a running cell: after `patience` milliseconds the answer is `SILENT`.
 *
 * @param expression - What tells its free memory, empty where that is not wanted.
 */
export async function probePython(
  kernel: Kernel.IKernelConnection,
  path: string,
  {
    expression = '',
    patience = PATIENCE
  }: { expression?: string; patience?: number } = {}
): Promise<IProbe> {
  // A JSON string is a string literal of Python, too.
  const literal = JSON.stringify(path);
  const future = kernel.requestExecute(
    {
      code: '',
      silent: true,
      store_history: false,
      allow_stdin: false,
      stop_on_error: false,
      user_expressions: {
        names: "' '.join([f'{name}' for name in globals()])",
        visible: `__import__('os').path.exists(${literal})`,
        // In hexadecimal digits nothing has to be unquoted.
        directory: "__import__('os').getcwdb().hex()",
        ...(expression ? { memory: expression } : {})
      }
    },
    true
  );
  const reply = await inTime(
    future.done.catch(() => null),
    patience
  );
  if (reply === null || reply.content.status !== 'ok') {
    future.dispose();
    return SILENT;
  }
  return readProbe(reply.content.user_expressions);
}

/** Read the values of the user expressions out of a kernel's reply. */
export function readProbe(expressions: unknown): IProbe {
  const names = plainText(expressions, 'names');
  const visible = plainText(expressions, 'visible');
  const directory = plainText(expressions, 'directory');
  const memory = plainText(expressions, 'memory');
  if (names === null) {
    return SILENT;
  }
  return {
    answered: true,
    // The text is the representation of a string: a quote at both ends.
    names: names.slice(1, -1).split(' ').filter(Boolean),
    pathVisible: visible === null ? null : visible === 'True',
    workingDirectory: directory === null ? '' : textOfHex(directory),
    memory: memory === null ? null : readMemory(textOfHex(memory))
  };
}

function textOfHex(quoted: string): string {
  const pairs = quoted.match(/[0-9a-f]{2}/g) ?? [];
  const bytes = Uint8Array.from(pairs, pair => parseInt(pair, 16));
  return new TextDecoder().decode(bytes);
}

function plainText(expressions: unknown, key: string): string | null {
  const value = field(field(field(expressions, key), 'data'), 'text/plain');
  return typeof value === 'string' ? value : null;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
