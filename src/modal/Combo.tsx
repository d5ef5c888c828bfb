import {
  useEffect,
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement
} from 'react';

import type { IControl } from './Field';

/** One line that can be chosen. */
export interface IOption {
  readonly key: string;
  readonly label: string;
  /** Said beside it. */
  readonly note: string;
}

interface IProps {
  readonly control: IControl;
  readonly text: string;
  readonly options: readonly IOption[];
  /** What is said where there is nothing to choose from. */
  readonly empty: string;
  /** What is said below the last option, as that there are more. */
  readonly rest?: string;
  /** Whether the options are those of an earlier text, so that Enter must not take the first. */
  readonly stale?: boolean;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly onText: (text: string) => void;
  readonly onChoose: (option: IOption) => void;
  /** Enter, where nothing is offered for what is typed, or not yet. */
  readonly onEnter?: () => void;
  /** The field is left. */
  readonly onLeave?: () => void;
}

/** A text field with what fits below it: the arrows choose, Enter takes. */
export function Combo(props: IProps): ReactElement {
  const { control, text, options, empty, rest, placeholder, disabled } = props;
  const { stale, onText, onChoose, onEnter, onLeave } = props;
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const shown = open && options.length > 0;

  useEffect(() => setActive(-1), [text]);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView?.({ block: 'nearest' });
  }, [active]);

  // What is offered below the last field of a form would be out of sight.
  useEffect(() => {
    if (shown) {
      list.current?.scrollIntoView?.({ block: 'nearest' });
    }
  }, [shown, options.length]);

  const choose = (option: IOption): void => {
    onChoose(option);
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step: { [key: string]: number } = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in step) {
      setOpen(true);
      setActive(
        Math.max(0, Math.min(options.length - 1, active + step[event.key]))
      );
    } else if (event.key === 'Enter' && shown) {
      if (active >= 0 || !stale) {
        choose(options[Math.max(0, active)]);
      } else {
        onEnter?.();
      }
    } else if (event.key === 'Enter' && text.trim() && onEnter) {
      onEnter();
    } else if (event.key === 'Escape' && open) {
      setOpen(false);
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <div className="jp-DataHub-combo">
      <input
        {...control}
        className="jp-DataHub-input"
        type="text"
        role="combobox"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={
          shown && active >= 0 ? `${id}-${active}` : undefined
        }
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        disabled={disabled}
        value={text}
        onChange={event => {
          setOpen(true);
          onText(event.target.value);
        }}
        onClick={() => setOpen(true)}
        onKeyDown={onKeyDown}
        onBlur={() => {
          setOpen(false);
          onLeave?.();
        }}
      />
      <ul
        ref={list}
        id={`${id}-list`}
        className="jp-DataHub-comboList"
        role="listbox"
        hidden={!shown}
      >
        {options.map((option, index) => (
          // The keys of the field choose; it keeps the focus all the time.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={option.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className={`jp-DataHub-comboOption ${index === active ? 'jp-mod-active' : ''}`}
            onMouseDown={event => event.preventDefault()}
            onMouseMove={() => setActive(index)}
            onClick={() => choose(option)}
          >
            <span>{option.label}</span>
            {option.note && (
              <span className="jp-DataHub-quiet">{option.note}</span>
            )}
          </li>
        ))}
        {rest && (
          <li className="jp-DataHub-comboRest jp-DataHub-quiet" role="none">
            {rest}
          </li>
        )}
      </ul>
      {open && options.length === 0 && text.trim() && empty && (
        <p className="jp-DataHub-comboList jp-DataHub-hint" role="status">
          {empty}
        </p>
      )}
    </div>
  );
}
