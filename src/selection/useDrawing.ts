import { useState, type PointerEvent } from 'react';

/** What dragging in a picture does. */
export type Mode = 'move' | 'box' | 'lasso';

export interface IPixel {
  readonly x: number;
  readonly y: number;
}

/** A region that is being drawn. */
export interface IDrawing {
  /** What there is of it, null where none is drawn. */
  readonly line: readonly IPixel[] | null;
  readonly begin: (at: IPixel) => void;
  readonly move: (event: PointerEvent) => void;
  /** Gives the outline. */
  readonly end: () => readonly IPixel[];
  readonly cancel: () => void;
}

/** Follow a pointer that draws a box, or around some cells. */
export function useDrawing(mode: Mode): IDrawing {
  const [line, setLine] = useState<readonly IPixel[] | null>(null);
  return {
    line: line && mode === 'box' ? corners(line) : line,
    begin: at => setLine([at]),
    move: ({ nativeEvent }) => {
      const { offsetX: x, offsetY: y } = nativeEvent;
      setLine(known =>
        known === null
          ? null
          : mode === 'box'
            ? [known[0], { x, y }]
            : [...known, { x, y }]
      );
    },
    end: () => {
      setLine(null);
      return (line && (mode === 'box' ? corners(line) : line)) ?? [];
    },
    cancel: () => setLine(null)
  };
}

function corners(line: readonly IPixel[]): IPixel[] {
  const [one, other] = [line[0], line[line.length - 1]];
  return one.x === other.x || one.y === other.y
    ? []
    : [one, { x: other.x, y: one.y }, other, { x: one.x, y: other.y }];
}
