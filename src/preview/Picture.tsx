import {
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement
} from 'react';

import { useSidebar } from '../browser/context';
import { panned, transformOf, whole, zoomed, type ICamera } from './camera';
import type { IPoints } from './decode';
import { Nearest } from './nearest';
import { Painter } from './painter';
import type { Rgb } from './palette';
import type { IShades } from './shades';
import { useSize } from './useTheme';

/** How much larger a key or a button makes it. */
const STEP = 1.4;
/** The share of the picture that an arrow moves it by. */
const STRIDE = 0.1;
/** Pixels from a cell within which it is meant. */
const NEAR = 8;

interface IProps {
  readonly points: IPoints;
  readonly shades: IShades;
  readonly only: number | null;
  readonly background: Rgb;
  /** What the picture shows, in words. */
  readonly label: string;
  /** Whether another picture is on its way. */
  readonly busy: boolean;
  readonly onCanvas: (canvas: HTMLCanvasElement | null) => void;
  /** The value of a cell, in words. */
  readonly valueOf: (cell: number) => string;
}

interface IHint {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** The cells of a file as dots that can be moved and enlarged. */
export function Picture(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { points, shades, only, background, label, busy, valueOf } = props;
  const id = useId();
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  const { onCanvas } = props;
  const size = useSize(canvas);
  const [view, setView] = useState({ points, camera: whole(points) });
  // Another embedding is seen as a whole at first.
  const camera = view.points === points ? view.camera : whole(points);
  const move = (next: (camera: ICamera) => ICamera): void =>
    setView(known => ({
      points,
      camera: next(known.points === points ? known.camera : whole(points))
    }));
  const nearest = useMemo(() => new Nearest(points), [points]);
  const [hint, setHint] = useState<IHint | null>(null);
  const grip = useRef<{ x: number; y: number } | null>(null);
  const painter = useMemo(
    () => (canvas ? new Painter(canvas) : null),
    [canvas]
  );
  useEffect(() => {
    onCanvas(canvas);
  }, [canvas, onCanvas]);
  useEffect(() => () => painter?.dispose(), [painter]);
  useEffect(() => {
    painter?.paint({ points, shades, only, background, camera, size });
  }, [painter, points, shades, only, background, camera, size]);

  const pan = (right: number, down: number): void =>
    move(now => panned(now, points, size, right, down));
  const zoom = (factor: number, at?: { x: number; y: number }): void =>
    move(now => zoomed(now, points, size, factor, at));
  const reset = (): void => move(() => whole(points));

  const wheel = useRef<(event: WheelEvent) => void>(() => undefined);
  wheel.current = event => {
    // The page is scrolled over the picture until somebody means the picture.
    if (event.ctrlKey || document.activeElement === canvas) {
      event.preventDefault();
      const step = Math.max(-100, Math.min(100, event.deltaY));
      zoom(1.004 ** -step, { x: event.offsetX, y: event.offsetY });
    }
  };
  useEffect(() => {
    const listen = (event: WheelEvent): void => wheel.current(event);
    // React's own listener could not keep the page from being scrolled.
    canvas?.addEventListener('wheel', listen, { passive: false });
    return () => canvas?.removeEventListener('wheel', listen);
  }, [canvas]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const keys: { [key: string]: () => void } = {
      ArrowLeft: () => pan(size.width * STRIDE, 0),
      ArrowRight: () => pan(-size.width * STRIDE, 0),
      ArrowUp: () => pan(0, size.height * STRIDE),
      ArrowDown: () => pan(0, -size.height * STRIDE),
      '+': () => zoom(STEP),
      '=': () => zoom(STEP),
      '-': () => zoom(1 / STEP),
      '0': reset
    };
    const act = keys[event.key];
    if (act && !event.ctrlKey && !event.metaKey && !event.altKey) {
      act();
      setHint(null);
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const onPointerMove = (event: PointerEvent): void => {
    const { offsetX: x, offsetY: y } = event.nativeEvent;
    if (grip.current) {
      pan(x - grip.current.x, y - grip.current.y);
      grip.current = { x, y };
      setHint(null);
      return;
    }
    const cell = nearest.at({ x, y }, transformOf(camera, points, size), NEAR);
    setHint(cell === null ? null : { x, y, text: valueOf(cell) });
  };
  const release = (): void => {
    grip.current = null;
  };
  return (
    <div className="jp-DataHub-picture" aria-busy={busy}>
      <canvas
        ref={setCanvas}
        className="jp-DataHub-canvas"
        role="img"
        aria-label={label}
        aria-describedby={`${id}-keys`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerDown={event => {
          const { offsetX: x, offsetY: y } = event.nativeEvent;
          grip.current = { x, y };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={release}
        onPointerCancel={release}
        onPointerLeave={() => setHint(null)}
      />
      <p id={`${id}-keys`} className="jp-DataHub-pictureKeys">
        {trans.__(
          'Drag or arrow keys move it, + and − zoom, 0 shows all. Click it to zoom with the wheel.'
        )}
      </p>
      <div
        className="jp-DataHub-pictureTools"
        role="group"
        aria-label={trans.__('View')}
      >
        <button
          type="button"
          className="jp-DataHub-button"
          aria-label={trans.__('Zoom in')}
          title={trans.__('Zoom in (+)')}
          onClick={() => zoom(STEP)}
        >
          +
        </button>
        <button
          type="button"
          className="jp-DataHub-button"
          aria-label={trans.__('Zoom out')}
          title={trans.__('Zoom out (−)')}
          onClick={() => zoom(1 / STEP)}
        >
          −
        </button>
        <button
          type="button"
          className="jp-DataHub-button"
          title={trans.__('Show all cells (0)')}
          onClick={reset}
        >
          {trans.__('Reset')}
        </button>
      </div>
      {hint?.text && (
        <div
          className="jp-DataHub-pictureHint"
          aria-hidden="true"
          style={{
            left: hint.x,
            top: hint.y,
            // It stays within the picture on either side.
            transform: `translate(${hint.x > size.width / 2 ? 'calc(-100% - 10px)' : '12px'}, -50%)`
          }}
        >
          {hint.text}
        </div>
      )}
    </div>
  );
}
