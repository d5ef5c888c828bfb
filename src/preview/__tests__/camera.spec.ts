import { panned, transformOf, whole, zoomed } from '../camera';
import { nearestAt } from '../nearest';
import { decodePoints } from '../decode';
import { trans } from '../../api/__tests__/server';
import { Squares } from '../squares';
import { points } from './packed';

const SIZE = { width: 400, height: 200 };
const found = decodePoints(points(), trans);

function pixel(
  cell: number,
  camera = whole(found),
  bounds = found
): { x: number; y: number } {
  const { ax, bx, ay, by } = transformOf(camera, bounds, SIZE);
  return { x: found.xs[cell] * ax + bx, y: found.ys[cell] * ay + by };
}

describe('a camera', () => {
  it('sees all, as wide as it is high, with what is high above', () => {
    const [left, right, top] = [0, 1, 2].map(cell => pixel(cell));
    expect(left.x).toBeCloseTo(108);
    expect(right.x).toBeCloseTo(292);
    expect([left.y, top.y].map(Math.round)).toEqual([192, 8]);
    const tissue = { ...found, embedding: 'spatial' };
    expect(Math.round(pixel(2, whole(tissue), tissue).y)).toBe(192);
  });

  it('zooms around what is under the pointer', () => {
    const at = pixel(0);
    const near = zoomed(whole(found), found, SIZE, 4, at);
    expect(near.zoom).toBe(4);
    expect(pixel(0, near).x).toBeCloseTo(at.x, 3);
    expect(pixel(0, near).y).toBeCloseTo(at.y, 3);
    expect(pixel(1, near).x - at.x).toBeCloseTo(4 * 184, 3);
    expect(zoomed(near, found, SIZE, 1e9).zoom).toBe(400);
    expect(zoomed(near, found, SIZE, 1e-9).zoom).toBe(0.5);
  });

  it('moves with the pointer, and never away from all cells', () => {
    const moved = panned(whole(found), found, SIZE, 30, 20);
    expect(pixel(0, moved).x - pixel(0).x).toBeCloseTo(30);
    expect(pixel(0, moved).y - pixel(0).y).toBeCloseTo(20);
    expect(panned(moved, found, SIZE, 1e6, -1e6)).toMatchObject({
      x: -10,
      y: 0
    });
  });

  it('looks at one place where all cells are at one', () => {
    const one = { ...found, x: [5, 5] as const, y: [5, 5] as const };
    const { bx, by, ax } = transformOf(whole(one), one, SIZE);
    expect([bx, by, ax]).toEqual([200, 100, 0]);
  });
});

describe('the nearest cell', () => {
  it('is found within a radius, and never one that is nowhere', () => {
    const squares = new Squares(found);
    const transform = transformOf(whole(found), found, SIZE);
    const near = (cell: number, off: number): number | null => {
      const { x, y } = pixel(cell);
      return nearestAt(squares, { x: x + off, y }, transform, 8);
    };
    expect([near(0, 3), near(1, -7), near(2, 0)]).toEqual([0, 1, 2]);
    expect([near(0, 9), near(3, 0)]).toEqual([null, null]);
  });
});
