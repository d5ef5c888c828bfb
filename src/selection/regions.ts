import type { ITransform } from '../preview/camera';
import { FARTHEST, type IPoints } from '../preview/decode';
import type { Place, Polygon } from './filters';

type Bounds = Pick<IPoints, 'x' | 'y'>;
type Pixel = { readonly x: number; readonly y: number };

/** Pixels by which the outline of a region may be off. */
const OFF = 1;
/** Steps that a coordinate is rounded to, from the lowest to the highest. */
const STEPS = 20_000;
/** Corners of one region, of which the server reads 2,000. */
const MOST = 400;

/** Where in an embedding a pixel is. */
export function placeOf(
  { x, y }: Pixel,
  transform: ITransform,
  bounds: Bounds
): Place {
  const { ax, bx, ay, by } = transform;
  return [
    coordinate((x - bx) / ax, bounds.x),
    coordinate((y - by) / ay, bounds.y)
  ];
}

/** Where in the picture a place of an embedding is. */
export function pixelOf(
  [x, y]: Place,
  transform: ITransform,
  bounds: Bounds
): Pixel {
  const { ax, bx, ay, by } = transform;
  return {
    x: bx + ax * step(x, bounds.x),
    y: by + ay * step(y, bounds.y)
  };
}

/** The region within a line that was drawn; null where it has nothing in it. */
export function regionOf(
  line: readonly Pixel[],
  transform: ITransform,
  bounds: Bounds
): Polygon | null {
  let off = OFF;
  let corners = simplified(line, off);
  while (corners.length > MOST) {
    off *= 2;
    corners = simplified(line, off);
  }
  return corners.length > 2
    ? corners.map(corner => placeOf(corner, transform, bounds))
    : null;
}

/** The region between two corners; null where it has nothing in it. */
export function boxOf([x1, y1]: Place, [x2, y2]: Place): Polygon | null {
  const [left, right] = [Math.min(x1, x2), Math.max(x1, x2)];
  const [bottom, top] = [Math.min(y1, y2), Math.max(y1, y2)];
  return left < right && bottom < top
    ? [
        [left, bottom],
        [right, bottom],
        [right, top],
        [left, top]
      ]
    : null;
}

/** A line by fewer points, none of its own farther off than so many pixels (Douglas-Peucker). */
export function simplified(line: readonly Pixel[], off: number): Pixel[] {
  if (line.length < 3) {
    return [...line];
  }
  const kept = new Set([0, line.length - 1]);
  const parts: [number, number][] = [[0, line.length - 1]];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [first, last] = part;
    let worst = off;
    let place = -1;
    for (let point = first + 1; point < last; point++) {
      const distance = distanceTo(line[point], line[first], line[last]);
      if (distance > worst) {
        worst = distance;
        place = point;
      }
    }
    if (place >= 0) {
      kept.add(place);
      parts.push([first, place], [place, last]);
    }
  }
  return line.filter((_, point) => kept.has(point));
}

function distanceTo(point: Pixel, one: Pixel, other: Pixel): number {
  const dx = other.x - one.x;
  const dy = other.y - one.y;
  const long = dx * dx + dy * dy;
  const along = long
    ? ((point.x - one.x) * dx + (point.y - one.y) * dy) / long
    : 0;
  const share = Math.max(0, Math.min(1, along));
  return Math.hypot(point.x - one.x - share * dx, point.y - one.y - share * dy);
}

function coordinate(
  at: number,
  [low, high]: readonly [number, number]
): number {
  return rounded(low + (at / FARTHEST) * (high - low), high - low);
}

function step(value: number, [low, high]: readonly [number, number]): number {
  return ((value - low) / (high - low || 1)) * FARTHEST;
}

/** A number with as many digits as tell steps of a span apart. */
export function rounded(value: number, span: number, steps = STEPS): number {
  const digits = Math.ceil(-Math.log10((span || 1) / steps));
  return digits > 0
    ? Number(value.toFixed(Math.min(20, digits)))
    : Math.round(value);
}
