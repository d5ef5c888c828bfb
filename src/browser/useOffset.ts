import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useState,
  type RefObject
} from 'react';

/** Pixels from the top of what a scroller holds to the top of something in it. */
export function offsetWithin(node: Element, scroller: Element): number {
  return (
    node.getBoundingClientRect().top -
    scroller.getBoundingClientRect().top +
    scroller.scrollTop
  );
}

/** Pixels at the upper and the lower edge of a scroller that something covers which stays there. */
export function coveredBy(scroller: Element): [number, number] {
  const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(scroller);
  return [
    parseFloat(scrollPaddingTop) || 0,
    parseFloat(scrollPaddingBottom) || 0
  ];
}

/**
 * Follow how far a list is from the top of what it scrolls in, as what is above it comes and goes.
 */
export function useOffset(
  list: RefObject<HTMLElement>,
  scroller: RefObject<HTMLElement>
): number {
  const [offset, setOffset] = useState(0);
  const measure = useCallback((): void => {
    if (list.current && scroller.current) {
      setOffset(Math.round(offsetWithin(list.current, scroller.current)));
    }
  }, [list, scroller]);
  // What comes and goes above the list is drawn with it.
  useLayoutEffect(measure);
  // What is there all the time grows and shrinks by itself.
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    [...(scroller.current?.children ?? [])].forEach(each =>
      observer.observe(each)
    );
    return () => observer.disconnect();
  }, [measure, scroller]);
  return offset;
}
