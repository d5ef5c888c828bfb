import { NOWHERE, type IPoints } from './decode';

/** Squares that the coordinates are divided into, in either direction. */
const SQUARES = 256;

/** The squares of some rows and columns of them, the last ones included. */
export interface IExtent {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/**
 * Cells by where they are: those of a square one after the other, and the squares row by row.
 *
 * What is drawn in this order stays within the caches of a processor, and what is out of sight is
 * not looked at.
 */
export class Squares {
  constructor({ xs, ys }: Pick<IPoints, 'xs' | 'ys'>) {
    const squares = new Uint16Array(xs.length);
    let there = 0;
    for (let cell = 0; cell < xs.length; cell++) {
      const square = (ys[cell] >> 8) * SQUARES + (xs[cell] >> 8);
      squares[cell] = square;
      if (xs[cell] !== NOWHERE) {
        this._starts[square + 1] += 1;
        there += 1;
      }
    }
    for (let square = 0; square < SQUARES * SQUARES; square++) {
      this._starts[square + 1] += this._starts[square];
    }
    const next = this._starts.slice();
    this.cells = new Uint32Array(there);
    this.xs = new Uint16Array(there);
    this.ys = new Uint16Array(there);
    this.scratch = new Uint32Array(there);
    for (let cell = 0; cell < xs.length; cell++) {
      if (xs[cell] !== NOWHERE) {
        const place = next[squares[cell]]++;
        this.cells[place] = cell;
        this.xs[place] = xs[cell];
        this.ys[place] = ys[cell];
      }
    }
  }

  /** The cells that are somewhere. */
  readonly cells: Uint32Array;
  /** Their coordinates. */
  readonly xs: Uint16Array;
  readonly ys: Uint16Array;
  /** Room for a number for each of them, for whoever draws. */
  readonly scratch: Uint32Array;

  /** The places in `cells` of those in a row of squares: the first, and the one after the last. */
  run(row: number, { left, right }: IExtent): [number, number] {
    return [
      this._starts[row * SQUARES + left],
      this._starts[row * SQUARES + right + 1]
    ];
  }

  private readonly _starts = new Uint32Array(SQUARES * SQUARES + 1);
}

/** The squares between two pixels of an axis. */
export function squaresBetween(
  low: number,
  high: number,
  scale: number,
  shift: number
): [number, number] {
  const sides = [low, high].map(side => {
    const square = Math.floor((side - shift) / scale / SQUARES);
    return Number.isFinite(square)
      ? Math.max(0, Math.min(SQUARES - 1, square))
      : side < shift
        ? 0
        : SQUARES - 1;
  });
  return [Math.min(...sides), Math.max(...sides)];
}
