import { FARTHEST, type IPoints } from './decode';

/** The share of a picture that is left free at its edges. */
const MARGIN = 0.04;
const LEAST = 0.5;
const MOST = 400;

/** What of an embedding is looked at: the point in the middle, and how much larger than all. */
export interface ICamera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface ISize {
  readonly width: number;
  readonly height: number;
}

/** From the coordinates of cells, as they came, to pixels. */
export interface ITransform {
  readonly ax: number;
  readonly bx: number;
  readonly ay: number;
  readonly by: number;
}

type Bounds = Pick<IPoints, 'x' | 'y' | 'embedding'>;

/** All of an embedding. */
export function whole({ x, y }: Bounds): ICamera {
  return { x: (x[0] + x[1]) / 2, y: (y[0] + y[1]) / 2, zoom: 1 };
}

/** Pixels that one unit of an embedding takes, the same in both directions. */
function scaleOf(camera: ICamera, bounds: Bounds, size: ISize): number {
  const { x, y } = bounds;
  const wide = (size.width * (1 - 2 * MARGIN)) / (x[1] - x[0] || 1);
  const high = (size.height * (1 - 2 * MARGIN)) / (y[1] - y[0] || 1);
  return Math.max(1e-9, Math.min(wide, high)) * camera.zoom;
}

/** Places in a tissue are counted from above, as in its image; all else from below. */
function upwards({ embedding }: Bounds): number {
  return /spatial/i.test(embedding) ? 1 : -1;
}

/** How the coordinates of cells become pixels. */
export function transformOf(
  camera: ICamera,
  bounds: Bounds,
  size: ISize
): ITransform {
  const { x, y } = bounds;
  const scale = scaleOf(camera, bounds, size);
  const up = upwards(bounds);
  return {
    ax: (scale * (x[1] - x[0])) / FARTHEST,
    bx: size.width / 2 + (x[0] - camera.x) * scale,
    ay: (up * scale * (y[1] - y[0])) / FARTHEST,
    by: size.height / 2 + up * (y[0] - camera.y) * scale
  };
}

/** Move what is seen by so many pixels; its middle stays within the embedding. */
export function panned(
  camera: ICamera,
  bounds: Bounds,
  size: ISize,
  right: number,
  down: number
): ICamera {
  const scale = scaleOf(camera, bounds, size);
  return {
    ...camera,
    x: within(camera.x - right / scale, bounds.x),
    y: within(camera.y - (upwards(bounds) * down) / scale, bounds.y)
  };
}

/** See it so many times larger; what is at a pixel stays there. */
export function zoomed(
  camera: ICamera,
  bounds: Bounds,
  size: ISize,
  factor: number,
  at: { readonly x: number; readonly y: number } = {
    x: size.width / 2,
    y: size.height / 2
  }
): ICamera {
  const zoom = within(camera.zoom * factor, [LEAST, MOST]);
  const before = scaleOf(camera, bounds, size);
  const after = before * (zoom / camera.zoom);
  const shift = 1 / before - 1 / after;
  return {
    x: within(camera.x + (at.x - size.width / 2) * shift, bounds.x),
    y: within(
      camera.y + upwards(bounds) * (at.y - size.height / 2) * shift,
      bounds.y
    ),
    zoom
  };
}

function within(value: number, [low, high]: readonly [number, number]): number {
  return Math.max(low, Math.min(high, value));
}
