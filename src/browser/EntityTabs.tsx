import { useRef, type ReactElement } from 'react';

import { useSidebar } from './context';
import type { ILiveAnswer } from './liveAnswer';

interface IProps {
  readonly answer: ILiveAnswer;
  /** Id of what the tabs change. */
  readonly panelId: string;
  readonly onEntity: (name: string) => void;
}

/** What a store can be searched for, one of it at a time. */
export function EntityTabs(props: IProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { answer, panelId, onEntity } = props;
  const { entities, entity } = answer;
  const list = useRef<HTMLDivElement>(null);
  const place = Math.max(
    0,
    entities.findIndex(({ name }) => name === entity)
  );
  if (entities.length < 2) {
    return null;
  }
  const go = (to: number): void => {
    const index = (to + entities.length) % entities.length;
    list.current?.querySelectorAll('button')[index]?.focus();
    onEntity(entities[index].name);
  };
  return (
    <div
      ref={list}
      className="jp-DataHub-entities"
      role="tablist"
      tabIndex={-1}
      aria-label={trans.__('What to search %1 for', answer.title)}
      onKeyDown={event => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) {
          event.preventDefault();
          go(place + step);
        }
      }}
    >
      {entities.map(({ name, title }, index) => (
        <button
          key={name}
          type="button"
          role="tab"
          className="jp-DataHub-entityTab"
          aria-selected={index === place}
          aria-controls={panelId}
          tabIndex={index === place ? 0 : -1}
          onClick={() => go(index)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
