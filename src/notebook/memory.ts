import type { DataHubClient } from '../api/client';
import type { IKernelState } from '../loading/kernel';
import { languageOf, probePython } from './probe';
import type { ITarget } from './target';

/** What kernels are asked for their memory, by language; asked of the server once. */
const expressions = new Map<string, Promise<string>>();

/** The expression whose value tells a kernel's free memory; empty where there is none. */
export function memoryExpression(
  language: string,
  client: Pick<DataHubClient, 'kernelProbe'>
): Promise<string> {
  let known = expressions.get(language);
  if (!known) {
    known = client
      .kernelProbe(language)
      .then(({ expression }) => expression)
      .catch(() => {
        // The next load asks again; this one does without.
        expressions.delete(language);
        return '';
      });
    expressions.set(language, known);
  }
  return known;
}

/**
 * What the kernel of an open document says of its memory; null where none is idle there.
 *
 * Nothing is started for it, and nobody waits for a cell that runs.
 */
export async function kernelState(
  target: ITarget | null,
  client: Pick<DataHubClient, 'kernelProbe'>
): Promise<IKernelState | null> {
  const kernel = target?.sessionContext.session?.kernel;
  if (!kernel || kernel.status !== 'idle') {
    return null;
  }
  const language = await languageOf(kernel);
  if (language !== 'python') {
    return { language, memory: null };
  }
  const expression = await memoryExpression(language, client);
  const { memory } = await probePython(kernel, '.', { expression });
  return { language, memory };
}
