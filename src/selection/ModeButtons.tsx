import { useRef, type KeyboardEvent, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import type { Mode } from './useDrawing';

interface IProps {
  readonly mode: Mode;
  readonly onMode: (mode: Mode) => void;
}

/** What dragging in the picture does: the arrows choose. */
export function ModeButtons({ mode, onMode }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const group = useRef<HTMLDivElement>(null);
  const modes: readonly [Mode, string, string][] = [
    ['move', trans.__('Move'), trans.__('Drag moves the picture (m)')],
    ['box', trans.__('Box'), trans.__('Drag chooses the cells in a box (b)')],
    [
      'lasso',
      trans.__('Lasso'),
      trans.__('Drag around the cells to choose (l)')
    ]
  ];
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[
      event.key
    ];
    if (step) {
      const place = modes.findIndex(([name]) => name === mode);
      const next = (place + step + modes.length) % modes.length;
      onMode(modes[next][0]);
      group.current
        ?.querySelectorAll<HTMLElement>('[role=radio]')
        [next].focus();
      event.preventDefault();
    }
  };
  return (
    // The arrows choose, as among other buttons of which one is pressed.
    // eslint-disable-next-line jsx-a11y/interactive-supports-focus
    <div
      ref={group}
      className="jp-DataHub-modes"
      role="radiogroup"
      aria-label={trans.__('What dragging does')}
      onKeyDown={onKeyDown}
    >
      {modes.map(([name, label, title]) => (
        <button
          key={name}
          type="button"
          role="radio"
          aria-checked={name === mode}
          tabIndex={name === mode ? 0 : -1}
          className="jp-DataHub-button"
          title={title}
          onClick={() => onMode(name)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
