import { useEffect, useId, useRef, useState, type ReactElement } from 'react';
import { createPortal } from 'react-dom';

/** Milliseconds the pointer must rest before the words come. */
const REST = 300;

interface IProps {
  readonly words: string;
  /** Gets the attributes that tie it to the words. */
  readonly children: (attributes: {
    'aria-describedby': string | undefined;
  }) => ReactElement;
}

/**
 * Words that show on hover and on keyboard focus alike; Escape hides them.
 *
 * They hang on the page's body, as a sidebar cuts off what leaves it.
 */
export function Tooltip({ words, children }: IProps): ReactElement {
  const id = useId();
  const anchor = useRef<HTMLSpanElement>(null);
  const timer = useRef(0);
  const [place, setPlace] = useState<{ left: number; top: number } | null>(
    null
  );

  const show = (): void => {
    const box = anchor.current?.getBoundingClientRect();
    if (box) {
      setPlace({ left: box.left, top: box.bottom + 4 });
    }
  };
  const hide = (): void => {
    window.clearTimeout(timer.current);
    setPlace(null);
  };
  useEffect(() => () => window.clearTimeout(timer.current), []);

  return (
    // The wrapper only listens to what happens to the control inside it.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <span
      ref={anchor}
      className="jp-DataHub-tooltipAnchor"
      onMouseEnter={() => {
        timer.current = window.setTimeout(show, REST);
      }}
      onMouseLeave={hide}
      onMouseDown={hide}
      onFocus={event => {
        if (event.target.matches(':focus-visible')) {
          show();
        }
      }}
      onBlur={hide}
      onKeyDown={event => {
        if (event.key === 'Escape' && place) {
          event.stopPropagation();
          hide();
        }
      }}
    >
      {children({ 'aria-describedby': place ? id : undefined })}
      {place &&
        createPortal(
          <div
            id={id}
            role="tooltip"
            className="jp-DataHub-tooltip"
            style={place}
          >
            {words}
          </div>,
          document.body
        )}
    </span>
  );
}
