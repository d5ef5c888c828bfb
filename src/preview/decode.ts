import type { TranslationBundle } from '@jupyterlab/translation';

/** The first bytes of packed arrays. */
const MAGIC = 'DHA1';
/** Bytes in front of the header: those, and its length. */
const LEAD = 8;
/** The coordinate of a cell that is nowhere. */
export const NOWHERE = 65_535;
/** The highest coordinate of one that is somewhere. */
export const FARTHEST = 65_534;

/** Where the cells of a picture are. */
export interface IPoints {
  readonly key: string;
  readonly embedding: string;
  /** Cells in the file. */
  readonly cells: number;
  /** Lowest and highest coordinates, over which those of the cells are spread evenly. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly xs: Uint16Array;
  readonly ys: Uint16Array;
}

/** Which category each cell of a picture is of; a code beyond the last one is none. */
export interface ICategories {
  readonly kind: 'categories';
  readonly key: string;
  readonly by: string;
  readonly categories: readonly string[];
  readonly counts: readonly number[];
  /** What the file itself colours them with, empty where it does not. */
  readonly colours: readonly string[];
  readonly missing: number;
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
}

/** The number of each cell of a picture, NaN where there is none. */
export interface INumbers {
  readonly kind: 'numbers';
  readonly key: string;
  readonly by: string;
  readonly range: readonly [number, number];
  readonly missing: number;
  readonly values: Float32Array;
}

export type Colours = ICategories | INumbers;

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float32Array;

interface IArray {
  readonly name: string;
  readonly dtype: string;
  readonly offset: number;
  readonly length: number;
}

type Header = { readonly arrays: readonly IArray[] };

const TYPES: {
  [dtype: string]: new (
    buffer: ArrayBuffer,
    offset: number,
    length: number
  ) => Numbers;
} = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  float32: Float32Array
};

/** Read where the cells are; throws where the bytes are not what they should be. */
export function decodePoints(
  buffer: ArrayBuffer,
  trans: TranslationBundle
): IPoints {
  const { header, arrays } = unpack<Omit<IPoints, 'xs' | 'ys'>>(buffer, trans);
  const { x: xs, y: ys } = arrays;
  if (
    !(xs instanceof Uint16Array && ys instanceof Uint16Array) ||
    xs.length !== ys.length
  ) {
    throw broken(trans);
  }
  return { ...header, xs, ys };
}

/** Read what the cells are coloured by; throws where the bytes are not what they should be. */
export function decodeColours(
  buffer: ArrayBuffer,
  trans: TranslationBundle
): Colours {
  const { header, arrays } = unpack<
    Omit<ICategories, 'codes'> | Omit<INumbers, 'values'>
  >(buffer, trans);
  const { codes, values } = arrays;
  if (header.kind === 'numbers' && values instanceof Float32Array) {
    return { ...header, values };
  }
  if (
    header.kind === 'categories' &&
    codes &&
    !(codes instanceof Float32Array)
  ) {
    return { ...header, codes };
  }
  throw broken(trans);
}

/**
 * Read which of some points are chosen; throws where the bytes are not what they should be, or not
 * about these points.
 */
export function decodeMask(
  buffer: ArrayBuffer,
  { key, points }: { readonly key: string; readonly points: number },
  trans: TranslationBundle
): Uint8Array {
  const { header, arrays } = unpack<{ readonly key: string }>(buffer, trans);
  const { mask } = arrays;
  if (header.key !== key) {
    throw new Error(
      trans.__('The file has changed while it was read. Preview it again.')
    );
  }
  if (!(mask instanceof Uint8Array) || mask.length !== points) {
    throw broken(trans);
  }
  return mask;
}

/** How many cells of a picture have a value. */
export function lengthOf(colours: Colours): number {
  return colours.kind === 'numbers'
    ? colours.values.length
    : colours.codes.length;
}

function unpack<T>(
  buffer: ArrayBuffer,
  trans: TranslationBundle
): { header: T; arrays: { [name: string]: Numbers | undefined } } {
  const words = new TextDecoder();
  if (
    buffer.byteLength < LEAD ||
    words.decode(new Uint8Array(buffer, 0, MAGIC.length)) !== MAGIC
  ) {
    throw broken(trans);
  }
  const length = new DataView(buffer).getUint32(MAGIC.length, true);
  if (LEAD + length > buffer.byteLength) {
    throw broken(trans);
  }
  const header = parsed<T & Header>(
    words.decode(new Uint8Array(buffer, LEAD, length)),
    trans
  );
  const arrays: { [name: string]: Numbers | undefined } = {};
  for (const { name, dtype, offset, length: bytes } of header.arrays) {
    const Type = TYPES[dtype];
    const start = LEAD + length + offset;
    if (!Type || start + bytes > buffer.byteLength) {
      throw broken(trans);
    }
    const size = { uint8: 1, uint16: 2, uint32: 4, float32: 4 }[dtype] ?? 1;
    arrays[name] = new Type(buffer, start, bytes / size);
  }
  return { header, arrays };
}

function parsed<T>(text: string, trans: TranslationBundle): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw broken(trans);
  }
}

function broken(trans: TranslationBundle): Error {
  return new Error(
    trans.__('The picture came damaged from the Jupyter server. Try it again.')
  );
}
