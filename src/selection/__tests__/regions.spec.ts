import { transformOf, whole } from '../../preview/camera';
import { boxOf, pixelOf, placeOf, regionOf, simplified } from '../regions';

const BOUNDS = { x: [-10, 10], y: [0, 20], embedding: 'X_umap' } as const;
const SIZE = { width: 200, height: 200 };
const TRANSFORM = transformOf(whole(BOUNDS), BOUNDS, SIZE);

describe('regions of a picture', () => {
  it('know where a pixel is, and back', () => {
    const [x, y] = placeOf({ x: 100, y: 100 }, TRANSFORM, BOUNDS);
    expect(x).toBeCloseTo(0);
    expect(y).toBeCloseTo(10);
    const pixel = pixelOf([5, 15], TRANSFORM, BOUNDS);
    expect(pixel.x).toBeGreaterThan(100);
    expect(pixel.y).toBeLessThan(100);
    expect(placeOf(pixel, TRANSFORM, BOUNDS)).toEqual([5, 15]);
  });

  it('have as few corners as their outline needs', () => {
    const circle = Array.from({ length: 1000 }, (_, step) => ({
      x: 100 + 80 * Math.cos(step / 159.2),
      y: 100 + 80 * Math.sin(step / 159.2)
    }));
    const corners = simplified(circle, 1);
    expect(corners.length).toBeGreaterThan(8);
    expect(corners.length).toBeLessThan(60);
    const region = regionOf(circle, TRANSFORM, BOUNDS)!;
    // Lengths of the numbers of an expression.
    expect(JSON.stringify(region).length / region.length).toBeLessThan(20);
  });

  it('are none where there is nothing in them', () => {
    expect(regionOf([{ x: 1, y: 1 }], TRANSFORM, BOUNDS)).toBeNull();
    expect(
      regionOf(
        [0, 1, 2].map(x => ({ x, y: 0 })),
        TRANSFORM,
        BOUNDS
      )
    ).toBeNull();
    expect(boxOf([0, 0], [0, 3])).toBeNull();
    expect(boxOf([2, 3], [0, 1])).toEqual([
      [0, 1],
      [2, 1],
      [2, 3],
      [0, 3]
    ]);
  });
});
