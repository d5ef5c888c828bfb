import { useEffect, useRef, useState, type ReactElement } from 'react';

/** Pixels where nothing can be measured. */
const FALLBACK = 66;

/**
 * Measure how high a row is in the user's font.
 *
 * @returns A hidden row to put into the list, and its height in pixels.
 */
export function useRowHeight(): [ReactElement, number] {
  const node = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(FALLBACK);
  useEffect(() => {
    const { current } = node;
    if (!current) {
      return;
    }
    const measure = (): void => setHeight(current.offsetHeight || FALLBACK);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const probe = (
    <div ref={node} className="jp-DataHub-row jp-mod-probe" aria-hidden="true">
      <div className="jp-DataHub-rowHead">&nbsp;</div>
      <div className="jp-DataHub-rowSubject">&nbsp;</div>
      <div className="jp-DataHub-rowFoot">&nbsp;</div>
    </div>
  );
  return [probe, height];
}
