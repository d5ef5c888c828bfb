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
import { ModeButtons } from '../selection/ModeButtons';
import { RegionLayer } from '../selection/RegionLayer';
import { regionOf } from '../selection/regions';
import type { IChoosing } from '../selection/useChoosing';
import { useDrawing, type Mode } from '../selection/useDrawing';
import { nearestAt } from './nearest';
import { Painter } from './painter';
import type { Rgb } from './palette';
import type { IShades } from './shades';
import { Squares } from './squares';
import { useSize } from './useTheme';
import { ZoomButtons } from './ZoomButtons';

/** How much larger a key or a button makes it. */
const STEP = 1.4;
/** The share of the picture that an arrow moves it by. */
const STRIDE = 0.1;
/** Pixels from a cell within which it is meant. */
const NEAR = 8;

interface IProps {
  readonly points: IPoints;
  readonly shades: IShades;
  /** null where nothing can be chosen. */
  readonly choosing: IChoosing | null;
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
  const { points, shades, choosing, background, label, busy, valueOf } = props;
  const only = choosing?.only ?? null;
  const mask = choosing?.mask ?? null;
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
  const squares = useMemo(() => new Squares(points), [points]);
  const transform = transformOf(camera, points, size);
  const [mode, setMode] = useState<Mode>('move');
  const drawing = useDrawing(mode);
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
    const scene = { points, squares, shades, only, mask };
    painter?.paint({ ...scene, background, camera, size });
  }, [painter, points, squares, shades, only, mask, background, camera, size]);

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
      '0': reset,
      ...(choosing && {
        m: () => setMode('move'),
        b: () => setMode('box'),
        l: () => setMode('lasso')
      }),
      ...(drawing.line
        ? { Escape: drawing.cancel }
        : choosing?.regions.length
          ? { Escape: choosing.onClear }
          : {})
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
    if (drawing.line) {
      drawing.move(event);
      setHint(null);
      return;
    }
    if (grip.current) {
      pan(x - grip.current.x, y - grip.current.y);
      grip.current = { x, y };
      setHint(null);
      return;
    }
    const cell = nearestAt(squares, { x, y }, transform, NEAR);
    setHint(cell === null ? null : { x, y, text: valueOf(cell) });
  };
  const release = (event: PointerEvent): void => {
    grip.current = null;
    if (drawing.line) {
      const region = regionOf(drawing.end(), transform, points);
      if (region) {
        choosing?.onRegion(region, event.shiftKey);
      }
    }
  };
  return (
    <div className="jp-DataHub-picture" aria-busy={busy}>
      <canvas
        ref={setCanvas}
        className={`jp-DataHub-canvas jp-mod-${mode}`}
        role="img"
        aria-label={label}
        aria-describedby={`${id}-keys`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerDown={event => {
          const { offsetX: x, offsetY: y } = event.nativeEvent;
          if (mode === 'move') {
            grip.current = { x, y };
          } else {
            drawing.begin({ x, y });
          }
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={release}
        onPointerCancel={() => {
          grip.current = null;
          drawing.cancel();
        }}
        onPointerLeave={() => setHint(null)}
      />
      <p id={`${id}-keys`} className="jp-DataHub-pictureKeys">
        {mode === 'move'
          ? trans.__(
              'Drag or arrow keys move it, + and − zoom, 0 shows all. Click it to zoom with the wheel.'
            )
          : trans.__(
              'Drag to choose cells, with Shift to add a further region; Escape chooses none of them.'
            )}
      </p>
      {choosing && (
        <RegionLayer
          regions={choosing.regions}
          transform={transform}
          points={points}
          line={drawing.line}
        />
      )}
      <div className="jp-DataHub-pictureTools">
        {choosing && <ModeButtons mode={mode} onMode={setMode} />}
        <ZoomButtons
          onZoom={nearer => zoom(nearer ? STEP : 1 / STEP)}
          onReset={reset}
        />
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
