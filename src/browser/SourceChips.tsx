import type { ReactElement } from 'react';

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Connection, SourceStatus } from '../api/models';
import { stateWords } from '../connections/words';
import { useSidebar } from './context';
import { formatInteger } from './format';
import type { ILiveAnswer } from './liveModel';
import { hasProblem, sourceTitle, sourceWords } from './sourceWords';
import { Tooltip } from './Tooltip';

interface IProps {
  readonly sources: readonly SourceStatus[];
  /** Names of the Sources that the search is limited to; none: all. */
  readonly chosen: readonly string[];
  readonly connections: readonly Connection[];
  readonly answers: readonly ILiveAnswer[];
  readonly onToggle: (name: string) => void;
  /** Let us in at a store first. */
  readonly onConnect: (name: string) => void;
}

/** The Sources with their counts and states; a click limits the search to one. */
export function SourceChips(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { sources, chosen, connections, answers } = props;
  const { onToggle, onConnect } = props;
  const chips = sources.map(source =>
    chipOf(
      source,
      connections.find(({ name }) => name === source.name),
      answers.find(answer => answer.source === source.name),
      trans
    )
  );
  return (
    <div
      className="jp-DataHub-chips"
      role="group"
      aria-label={trans.__('Sources')}
    >
      {chips.map(({ source, words, standing, problem, count, closed }) => (
        <Tooltip key={source.name} words={words}>
          {attributes => (
            <button
              {...attributes}
              type="button"
              className={`jp-DataHub-chip jp-mod-${standing}`}
              aria-pressed={chosen.includes(source.name)}
              onClick={() =>
                closed ? onConnect(source.name) : onToggle(source.name)
              }
            >
              <span className="jp-DataHub-dot" aria-hidden="true">
                {problem ? '!' : ''}
              </span>
              <span className="jp-DataHub-chipTitle">
                {sourceTitle(source)}
              </span>
              {count !== null && (
                <span className="jp-DataHub-count">{formatInteger(count)}</span>
              )}
            </button>
          )}
        </Tooltip>
      ))}
    </div>
  );
}

interface IChip {
  readonly source: SourceStatus;
  readonly words: string;
  readonly standing: string;
  readonly problem: boolean;
  readonly count: number | null;
  /** Whether it lets nobody in just now. */
  readonly closed: boolean;
}

/** What the chip of a Source shows: how its catalog is, or who we are at a store. */
function chipOf(
  source: SourceStatus,
  connection: Connection | undefined,
  answer: ILiveAnswer | undefined,
  trans: TranslationBundle
): IChip {
  if (!connection) {
    return {
      source,
      words: sourceWords(source, trans),
      standing: source.state,
      problem: hasProblem(source),
      count: source.matches ?? source.datasets,
      closed: false
    };
  }
  const { state } = connection;
  return {
    source,
    words: `${sourceTitle(source)}: ${stateWords(connection, trans)}`,
    standing:
      { connected: 'ready', disconnected: 'empty' }[state as string] ?? 'error',
    problem: state === 'expired' || state === 'error',
    count: answer && !answer.loading && !answer.error ? answer.total : null,
    closed: state !== 'connected'
  };
}
