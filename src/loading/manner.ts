import type { LoadOptions, LoadWay, Selection } from '../api/models';

/** A part of a file to load. */
export interface IPart {
  readonly selection: Selection;
  /** Bytes to fetch for it, null where that is not known. */
  readonly size: number | null;
}

/** How much of a file is loaded, and where it is computed. */
export interface IManner {
  readonly way: LoadWay;
  /**
   * Where Dask computes: the address of a scheduler, `gateway` for Dask Gateway, empty for workers
   * on the kernel's machine.
   */
  readonly cluster: string;
  /** Whether the file is read where it is, and nothing is downloaded. */
  readonly here?: boolean;
  /** The level of an image that is opened alone, 0 being the largest; missing: all are. */
  readonly level?: number;
  /** The cells and genes that are fetched of it; missing: all of it is. */
  readonly part?: IPart;
}

/** Whatever Dask Gateway starts or has. */
export const GATEWAY = 'gateway';

export const WHOLE: IManner = { way: 'whole', cluster: '' };

export const WHERE_IT_IS: IManner = { ...WHOLE, here: true };

const WAYS: readonly string[] = [
  'whole',
  'backed',
  'lazy',
  'dask',
  'selection'
];

/** Read a manner out of the arguments of a command or of what was kept; null where it has none. */
export function mannerOf(
  way: unknown,
  cluster: unknown,
  part: unknown = null,
  here: unknown = false,
  level: unknown = null
): IManner | null {
  return typeof way === 'string' && WAYS.includes(way)
    ? {
        way: way as LoadWay,
        cluster: typeof cluster === 'string' ? cluster : '',
        ...(here === true ? { here } : {}),
        ...(typeof level === 'number' ? { level } : {}),
        ...(isPart(part) ? { part } : {})
      }
    : null;
}

/** Whether a kernel would die of a way to load a file, as far as anybody knows. */
export function isTooMuch({ options }: LoadOptions, way: LoadWay): boolean {
  return options.some(option => option.way === way && option.fits === false);
}

function isPart(value: unknown): value is IPart {
  return (
    typeof value === 'object' &&
    value !== null &&
    'selection' in value &&
    typeof value.selection === 'object' &&
    'size' in value
  );
}
