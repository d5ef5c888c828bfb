import { lengthOf, type Colours } from './decode';
import {
  categoryColours,
  cssOf,
  pixelOf,
  quietColour,
  scaleColours,
  type Rgb
} from './palette';

/** Colours that numbers are told apart by. */
const STEPS = 64;
/** The share of numbers at either end that get the colour of the end: outliers hide all else. */
const TAIL = 0.01;

/** Which of some colours each cell has. */
export interface IShades {
  readonly indices: Uint16Array;
  /** One for each index; the last is for cells without a value. */
  readonly css: readonly string[];
  readonly pixels: Uint32Array;
  /** Between which numbers colours change; null for categories. */
  readonly ends: readonly [number, number] | null;
}

/** The colours of cells on a background, all alike where nothing says what they are. */
export function shadesOf(
  colours: Colours | null,
  points: number,
  background: Rgb
): IShades {
  if (colours === null || lengthOf(colours) !== points) {
    const only = categoryColours(1, [], background);
    return made(new Uint16Array(points), only, background, null);
  }
  if (colours.kind === 'categories') {
    const { categories, codes } = colours;
    const indices = new Uint16Array(codes.length);
    for (let cell = 0; cell < codes.length; cell++) {
      indices[cell] = Math.min(codes[cell], categories.length);
    }
    const table = categoryColours(
      categories.length,
      colours.colours,
      background
    );
    return made(indices, table, background, null);
  }
  const ends = endsOf(colours.values);
  const wide = ends[1] - ends[0] || 1;
  const indices = Uint16Array.from(colours.values, value =>
    Number.isFinite(value)
      ? Math.max(
          0,
          Math.min(STEPS - 1, Math.floor(((value - ends[0]) / wide) * STEPS))
        )
      : STEPS
  );
  return made(indices, scaleColours(STEPS, background), background, ends);
}

/**
 * The colours where only some are looked at, null for all; and which are not looked at.
 *
 * @param chosen - Whether some cells are chosen one by one, so that one without a value may be too.
 */
export function onlyOf(
  shades: IShades,
  only: ReadonlySet<number> | null,
  chosen: boolean,
  background: Rgb
): {
  readonly pixels: Uint32Array;
  readonly behind: Uint8Array;
  readonly quiet: number;
} {
  const last = shades.pixels.length - 1;
  const seen = only !== null || chosen;
  const behind = Uint8Array.from(shades.pixels, (_, index) =>
    Number(only === null ? index === last && !seen : !only.has(index))
  );
  const pixels = shades.pixels.slice();
  if (seen) {
    pixels[last] = pixelOf(quietColour(background, 3));
  }
  return { pixels, behind, quiet: pixelOf(quietColour(background)) };
}

function made(
  indices: Uint16Array,
  table: readonly Rgb[],
  background: Rgb,
  ends: readonly [number, number] | null
): IShades {
  const all = [...table, quietColour(background)];
  return {
    indices,
    css: all.map(cssOf),
    pixels: Uint32Array.from(all, pixelOf),
    ends
  };
}

function endsOf(values: Float32Array): [number, number] {
  const sorted = values.filter(Number.isFinite).sort();
  if (sorted.length === 0) {
    return [0, 0];
  }
  const at = (share: number): number =>
    sorted[Math.round(share * (sorted.length - 1))];
  const ends: [number, number] = [at(TAIL), at(1 - TAIL)];
  return ends[0] < ends[1] ? ends : [at(0), at(1)];
}
