import type { ITransform } from './camera';
import { NOWHERE, type IPoints } from './decode';

/** Squares that the coordinates are divided into, in either direction. */
const SQUARES = 256;

/** Finds the cell at a place without a look at all of them. */
export class Nearest {
  constructor(private readonly _points: Pick<IPoints, 'xs' | 'ys'>) {
    const { xs } = _points;
    for (let cell = 0; cell < xs.length; cell++) {
      this._starts[this._square(cell) + 1] += 1;
    }
    for (let square = 0; square < SQUARES * SQUARES; square++) {
      this._starts[square + 1] += this._starts[square];
    }
    const next = this._starts.slice();
    this._cells = new Uint32Array(xs.length);
    for (let cell = 0; cell < xs.length; cell++) {
      this._cells[next[this._square(cell)]++] = cell;
    }
  }

  /** The cell nearest to a pixel, null where none is within a radius in pixels. */
  at(
    pixel: { readonly x: number; readonly y: number },
    transform: ITransform,
    radius: number
  ): number | null {
    const { ax, bx, ay, by } = transform;
    const { xs, ys } = this._points;
    const [left, right] = ends(pixel.x, ax, bx, radius);
    const [bottom, top] = ends(pixel.y, ay, by, radius);
    let found: number | null = null;
    let best = radius * radius;
    for (let row = bottom; row <= top; row++) {
      const first = this._starts[row * SQUARES + left];
      const end = this._starts[row * SQUARES + right + 1];
      for (let place = first; place < end; place++) {
        const cell = this._cells[place];
        const x = xs[cell] * ax + bx - pixel.x;
        const y = ys[cell] * ay + by - pixel.y;
        if (xs[cell] !== NOWHERE && x * x + y * y <= best) {
          best = x * x + y * y;
          found = cell;
        }
      }
    }
    return found;
  }

  private _square(cell: number): number {
    const { xs, ys } = this._points;
    return (ys[cell] >> 8) * SQUARES + (xs[cell] >> 8);
  }

  private readonly _starts = new Uint32Array(SQUARES * SQUARES + 1);
  private readonly _cells: Uint32Array;
}

/** The squares from one side of a circle to the other. */
function ends(
  pixel: number,
  scale: number,
  shift: number,
  radius: number
): [number, number] {
  const sides = [pixel - radius, pixel + radius].map(side => {
    const square = Math.floor((side - shift) / scale / SQUARES);
    return Number.isFinite(square)
      ? Math.max(0, Math.min(SQUARES - 1, square))
      : side < shift
        ? 0
        : SQUARES - 1;
  });
  return [Math.min(...sides), Math.max(...sides)];
}
