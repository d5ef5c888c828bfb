import type { ITransform } from './camera';
import { squaresBetween, type Squares } from './squares';

/** The cell nearest to a pixel, null where none is within a radius in pixels. */
export function nearestAt(
  squares: Squares,
  pixel: { readonly x: number; readonly y: number },
  { ax, bx, ay, by }: ITransform,
  radius: number
): number | null {
  const { xs, ys, cells } = squares;
  const { x, y } = pixel;
  const [left, right] = squaresBetween(x - radius, x + radius, ax, bx);
  const [bottom, top] = squaresBetween(y - radius, y + radius, ay, by);
  let found: number | null = null;
  let best = radius * radius;
  for (let row = bottom; row <= top; row++) {
    const [first, end] = squares.run(row, { left, right, bottom, top });
    for (let place = first; place < end; place++) {
      const dx = xs[place] * ax + bx - x;
      const dy = ys[place] * ay + by - y;
      if (dx * dx + dy * dy <= best) {
        best = dx * dx + dy * dy;
        found = cells[place];
      }
    }
  }
  return found;
}
