import type { ReactElement } from 'react';

import { useSidebar } from './context';
import type { ILiveAnswer } from './liveAnswer';
import { Tabs } from './Tabs';

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
  if (entities.length < 2) {
    return null;
  }
  return (
    <Tabs
      label={trans.__('What to search %1 for', answer.title)}
      titles={entities.map(({ title }) => title)}
      chosen={Math.max(
        0,
        entities.findIndex(({ name }) => name === entity)
      )}
      panelId={panelId}
      onChosen={index => onEntity(entities[index].name)}
    />
  );
}
