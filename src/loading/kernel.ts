/** What a kernel says of its memory. */
export interface IKernelMemory {
  /** Bytes that it can still have; null where it does not know. */
  readonly free: number | null;
  /** What limits them: machine, container or process. */
  readonly limits: string;
  /** Packages that it lacks. */
  readonly missing: readonly string[];
}

/** What is known of a kernel before something is loaded into it. */
export interface IKernelState {
  readonly language: string;
  /** null where it cannot be asked. */
  readonly memory: IKernelMemory | null;
}

/** Read what a kernel said; null where it is nothing of the kind. */
export function readMemory(text: string): IKernelMemory | null {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof said !== 'object' || said === null) {
    return null;
  }
  const { free, limits, missing } = said as { [key: string]: unknown };
  return {
    free: typeof free === 'number' ? free : null,
    limits: typeof limits === 'string' ? limits : '',
    missing: Array.isArray(missing)
      ? missing.filter(name => typeof name === 'string')
      : []
  };
}

/**
 * Where the ways to load a file into a kernel are asked for.
 *
 * @param look - Whether a file on a host is looked into, which fetches some of it.
 */
export function loadingPath(
  ref: string,
  kernel: IKernelState | null,
  look: boolean
): string {
  const query = new URLSearchParams();
  if (kernel) {
    query.set('language', kernel.language);
  }
  if (kernel?.memory && kernel.memory.free !== null) {
    query.set('free', String(Math.floor(kernel.memory.free)));
    query.set('limits', kernel.memory.limits);
  }
  if (kernel?.memory?.missing.length) {
    query.set('missing', kernel.memory.missing.join(','));
  }
  if (!look) {
    query.set('look', 'false');
  }
  const path = `loading/${encodeURIComponent(ref)}`;
  const asked = query.toString();
  return asked ? `${path}?${asked}` : path;
}
