import type { ISize, ITransform } from './camera';
import { squaresBetween, type Squares } from './squares';

/** Radii of a dot in pixels of a style sheet. */
const SMALLEST = 0.7;
const LARGEST = 4;
/** The share of the picture that all dots together would cover side by side. */
const COVER = 0.12;

/** The dot of one cell: pixels, and how much of each it covers, from 1 to 256. */
export interface IStamp {
  readonly reach: number;
  readonly dx: Int8Array;
  readonly dy: Int8Array;
  readonly cover: Uint16Array;
  /** How many of the pixels, the first ones, are covered wholly. */
  readonly solid: number;
}

/** What is drawn: which colour each cell has, and which are drawn first, below all others. */
export interface IDrawn {
  readonly squares: Squares;
  readonly indices: Uint16Array;
  readonly pixels: Uint32Array;
  readonly behind: Uint8Array;
  /** The colour of cells that are below all others. */
  readonly quiet: number;
  /** Zero for each cell that is below all others too; null where none is. */
  readonly mask: Uint8Array | null;
}

/** The radius of a dot: the more cells there are the smaller, and a little larger close by. */
export function radiusOf(points: number, size: ISize, zoom: number): number {
  const room = (size.width * size.height * COVER) / Math.max(1, points);
  const far = Math.sqrt(room / Math.PI);
  const close = Math.max(SMALLEST, Math.min(LARGEST, far));
  return Math.min(LARGEST * 1.5, close * Math.max(1, zoom) ** 0.4);
}

/** A round dot with a soft edge. */
export function stampOf(radius: number): IStamp {
  const reach = Math.ceil(radius);
  // Most cells there are have such dots, whose corners cost time and are hardly seen.
  const small = radius > 1.2 && radius < 2;
  const dots: [number, number, number][] = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const inside = radius + 0.5 - Math.hypot(dx, dy);
      const cover = Math.round(Math.max(0, Math.min(1, inside)) * 256);
      if (cover > (small ? 128 : 12)) {
        dots.push([dx, dy, cover]);
      }
    }
  }
  dots.sort(([, , one], [, , other]) => other - one);
  return {
    reach,
    dx: Int8Array.from(dots, ([dx]) => dx),
    dy: Int8Array.from(dots, ([, dy]) => dy),
    cover: Uint16Array.from(dots, ([, , cover]) => cover),
    solid: dots.filter(([, , cover]) => cover === 256).length
  };
}

/** Draw cells into an image that has its background already; gives how many were in it. */
export function draw(
  image: Uint32Array,
  size: ISize,
  drawn: IDrawn,
  transform: ITransform,
  stamp: IStamp
): number {
  const { squares, indices, pixels, behind, quiet, mask } = drawn;
  const { xs, ys, cells, scratch } = squares;
  const { ax, bx, ay, by } = transform;
  const { width, height } = size;
  const { reach, dx, dy, cover, solid } = stamp;
  const steps = Int32Array.from(dx, (right, dot) => dy[dot] * width + right);
  const [left, right] = squaresBetween(-reach, width + reach, ax, bx);
  const [bottom, top] = squaresBetween(-reach, height + reach, ay, by);
  // What is cut by the edge is left out whole; there is a margin around all cells.
  const [wide, high] = [width - reach, height - reach];
  let shown = 0;
  let above = 0;
  for (let row = bottom; row <= top; row++) {
    const [first, end] = squares.run(row, { left, right, bottom, top });
    for (let place = first; place < end; place++) {
      const x = Math.floor(xs[place] * ax + bx);
      const y = Math.floor(ys[place] * ay + by);
      if (x < reach || y < reach || x >= wide || y >= high) {
        continue;
      }
      shown += 1;
      const cell = cells[place];
      if (behind[indices[cell]] || (mask !== null && mask[cell] === 0)) {
        dab(image, y * width + x, quiet, steps, cover, solid);
      } else {
        scratch[above++] = place;
      }
    }
  }
  for (let next = 0; next < above; next++) {
    const place = scratch[next];
    const at =
      Math.floor(ys[place] * ay + by) * width + Math.floor(xs[place] * ax + bx);
    dab(image, at, pixels[indices[cells[place]]], steps, cover, solid);
  }
  return shown;
}

function dab(
  image: Uint32Array,
  at: number,
  colour: number,
  steps: Int32Array,
  cover: Uint16Array,
  solid: number
): void {
  for (let dot = 0; dot < solid; dot++) {
    image[at + steps[dot]] = colour;
  }
  for (let dot = solid; dot < steps.length; dot++) {
    image[at + steps[dot]] = blended(
      image[at + steps[dot]],
      colour,
      cover[dot]
    );
  }
}

/** So much of a colour over another, of 256; red and blue at once. */
function blended(below: number, above: number, share: number): number {
  const rest = 256 - share;
  const outer =
    (((below & 0xff00ff) * rest + (above & 0xff00ff) * share) >>> 8) & 0xff00ff;
  const inner =
    (((below & 0xff00) * rest + (above & 0xff00) * share) >>> 8) & 0xff00;
  return (0xff000000 | outer | inner) >>> 0;
}
