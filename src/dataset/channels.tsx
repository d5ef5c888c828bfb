import {
  useEffect,
  useId,
  useRef,
  type KeyboardEvent,
  type ReactElement
} from 'react';

import type { Channel } from '../api/models';
import { useSidebar } from '../browser/context';

interface IProps {
  readonly channels: readonly Channel[];
  readonly chosen: number;
  readonly onChoose: (channel: number) => void;
}

/** The channels of an image, of which one is shown; the arrows choose. */
export function Channels(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { channels, chosen, onChoose } = props;
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView?.({ block: 'nearest' });
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const last = channels.length - 1;
    const to: { [key: string]: number } = {
      ArrowDown: Math.min(last, chosen + 1),
      ArrowUp: Math.max(0, chosen - 1),
      Home: 0,
      End: last
    };
    if (event.key in to) {
      event.preventDefault();
      onChoose(to[event.key]);
    }
  };
  return (
    <ul
      ref={list}
      role="listbox"
      tabIndex={0}
      className="jp-DataHub-channels"
      aria-label={trans.__('Channel')}
      aria-activedescendant={`${id}-${chosen}`}
      onKeyDown={onKeyDown}
    >
      {channels.map(({ name, colour }, number) => (
        // The list has the keyboard, as in any list of choices.
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events
        <li
          key={number}
          id={`${id}-${number}`}
          role="option"
          aria-selected={number === chosen}
          onClick={() => onChoose(number)}
        >
          {colour && (
            <span
              className="jp-DataHub-swatch"
              style={{ background: colour }}
              aria-hidden="true"
            />
          )}
          {name}
        </li>
      ))}
    </ul>
  );
}
