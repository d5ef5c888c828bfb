import { useRef, type ReactElement } from 'react';

interface IProps {
  /** What they choose between, for those who do not see it. */
  readonly label: string;
  readonly titles: readonly string[];
  readonly chosen: number;
  /** Id of what they change. */
  readonly panelId: string;
  readonly onChosen: (index: number) => void;
}

/** A row of tabs, of which the arrow keys choose the next one. */
export function Tabs(props: IProps): ReactElement {
  const { label, titles, chosen, panelId, onChosen } = props;
  const list = useRef<HTMLDivElement>(null);
  const go = (to: number): void => {
    const index = (to + titles.length) % titles.length;
    list.current?.querySelectorAll('button')[index]?.focus();
    onChosen(index);
  };
  return (
    <div
      ref={list}
      className="jp-DataHub-entities"
      role="tablist"
      tabIndex={-1}
      aria-label={label}
      onKeyDown={event => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) {
          event.preventDefault();
          go(chosen + step);
        }
      }}
    >
      {titles.map((title, index) => (
        <button
          key={index}
          type="button"
          role="tab"
          className="jp-DataHub-entityTab"
          aria-selected={index === chosen}
          aria-controls={panelId}
          tabIndex={index === chosen ? 0 : -1}
          onClick={() => go(index)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
