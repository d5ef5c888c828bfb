import { transformOf, type ICamera, type ISize } from './camera';
import type { IPoints } from './decode';
import { pixelOf, type Rgb } from './palette';
import { draw, radiusOf, stampOf } from './scatter';
import { onlyOf, type IShades } from './shades';
import type { Squares } from './squares';

/** What a picture shows. */
export interface IScene {
  readonly points: IPoints;
  /** The same cells, by where they are. */
  readonly squares: Squares;
  readonly shades: IShades;
  /** The colours that are looked at alone. */
  readonly only: ReadonlySet<number> | null;
  /** Zero for each cell that is not chosen; null where nobody has chosen. */
  readonly mask: Uint8Array | null;
  readonly background: Rgb;
  readonly camera: ICamera;
  /** In pixels of a style sheet. */
  readonly size: ISize;
}

/** Paints cells onto a canvas, once a frame at most. */
export class Painter {
  constructor(private readonly _canvas: HTMLCanvasElement) {}

  /** Paint at the next frame; what was to be painted then is not. */
  paint(scene: IScene): void {
    window.cancelAnimationFrame(this._frame);
    this._frame = window.requestAnimationFrame(() => this._paint(scene));
  }

  dispose(): void {
    window.cancelAnimationFrame(this._frame);
  }

  private _paint(scene: IScene): void {
    const { points, squares, shades, only, mask } = scene;
    const { background, camera, size } = scene;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(size.width * ratio);
    const height = Math.round(size.height * ratio);
    const context = this._canvas.getContext('2d', { alpha: false });
    if (!context || width < 1 || height < 1) {
      return;
    }
    if (this._canvas.width !== width || this._canvas.height !== height) {
      this._canvas.width = width;
      this._canvas.height = height;
    }
    if (this._image?.width !== width || this._image.height !== height) {
      this._image = context.createImageData(width, height);
      this._pixels = new Uint32Array(this._image.data.buffer);
    }
    this._pixels.fill(pixelOf(background));
    const pixels = { width, height };
    draw(
      this._pixels,
      pixels,
      {
        squares,
        indices: shades.indices,
        mask,
        ...onlyOf(shades, only, mask !== null, background)
      },
      transformOf(camera, points, pixels),
      stampOf(radiusOf(points.xs.length, size, camera.zoom) * ratio)
    );
    context.putImageData(this._image, 0, 0);
  }

  private _frame = 0;
  private _image: ImageData | null = null;
  private _pixels = new Uint32Array(0);
}
