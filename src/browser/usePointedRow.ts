import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type MouseEvent,
  type RefObject
} from 'react';

interface IPointedRow {
  /** Number of the row under the pointer, -1 where there is none. */
  readonly hovered: number;
  /** Find the row at a height of the page, -1 where there is none. */
  readonly rowAt: (clientY: number) => number;
  /** Listeners for what is around the list. */
  readonly listeners: {
    readonly onMouseMove: (event: MouseEvent) => void;
    readonly onMouseLeave: () => void;
    readonly onKeyDownCapture: () => void;
  };
}

/**
 * Follow the pointer over rows of one height, also when they scroll away beneath it.
 *
 * A key takes the rows out of the pointer's hands until it moves again.
 */
export function usePointedRow(
  list: RefObject<HTMLElement>,
  /** What the list scrolls in. */
  scroller: RefObject<HTMLElement>,
  rowHeight: number,
  total: number
): IPointedRow {
  const pointer = useRef<number | null>(null);
  const lastMove = useRef<readonly [number, number]>([-1, -1]);
  const [hovered, setHovered] = useState(-1);

  const rowAt = useCallback(
    (clientY: number): number => {
      const box = list.current?.getBoundingClientRect();
      const index = box ? Math.floor((clientY - box.top) / rowHeight) : -1;
      return index < total ? index : -1;
    },
    [list, rowHeight, total]
  );
  const point = (clientY: number | null): void => {
    pointer.current = clientY;
    setHovered(clientY === null ? -1 : rowAt(clientY));
  };
  useEffect(() => {
    const window = scroller.current;
    const follow = (): void => {
      if (pointer.current !== null) {
        setHovered(rowAt(pointer.current));
      }
    };
    window?.addEventListener('scroll', follow, { passive: true });
    return () => window?.removeEventListener('scroll', follow);
  }, [scroller, rowAt]);
  return {
    hovered,
    rowAt,
    listeners: {
      onMouseMove: ({ clientX, clientY }) => {
        // Browsers repeat the last move when the list scrolls under a resting pointer.
        const [lastX, lastY] = lastMove.current;
        if (clientX !== lastX || clientY !== lastY) {
          lastMove.current = [clientX, clientY];
          point(clientY);
        }
      },
      onMouseLeave: () => point(null),
      onKeyDownCapture: () => point(null)
    }
  };
}
