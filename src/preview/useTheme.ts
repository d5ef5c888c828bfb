import { useEffect, useMemo, useState } from 'react';

import { fromCss, type Rgb } from './palette';

const WHITE: Rgb = [255, 255, 255];

/** The background of an element, read again when the theme changes. */
export function useBackground(element: HTMLElement | null): Rgb {
  const [text, setText] = useState('');
  useEffect(() => {
    if (!element) {
      return;
    }
    const read = (): void =>
      setText(window.getComputedStyle(element).backgroundColor);
    read();
    const observer = new MutationObserver(read);
    observer.observe(document.body, {
      attributes: true,
      attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light']
    });
    return () => observer.disconnect();
  }, [element]);
  return useMemo(() => fromCss(text, WHITE), [text]);
}

/** The size of an element in pixels of a style sheet, as it is now. */
export function useSize(element: HTMLElement | null): {
  readonly width: number;
  readonly height: number;
} {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    if (!element || typeof ResizeObserver === 'undefined') {
      return;
    }
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize(known =>
        known.width === width && known.height === height
          ? known
          : { width, height }
      );
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
