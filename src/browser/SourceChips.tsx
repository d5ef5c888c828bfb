import type { ReactElement } from 'react';

import type { TranslationBundle } from '@jupyterlab/translation';

import { asErrorBody } from '../api/errors';
import type { Connection, SourceStatus } from '../api/models';
import { errorSentences } from '../api/sentences';
import { stateWords } from '../connections/words';
import { useSidebar } from './context';
import { formatInteger } from './format';
import type { ILiveAnswer } from './liveAnswer';
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
      {chips.map(
        ({ source, words, standing, problem, count, waiting, closed }) => (
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
                  <span className="jp-DataHub-count">
                    {formatInteger(count)}
                  </span>
                )}
                {count === null && waiting && (
                  <span className="jp-DataHub-count" aria-hidden="true">
                    …
                  </span>
                )}
              </button>
            )}
          </Tooltip>
        )
      )}
    </div>
  );
}

interface IChip {
  readonly source: SourceStatus;
  readonly words: string;
  readonly standing: string;
  readonly problem: boolean;
  readonly count: number | null;
  /** Whether the count is on its way. */
  readonly waiting: boolean;
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
  const loading = answer?.loading === true;
  const failed = (answer?.error ?? null) !== null;
  if (source.live && !source.login && !isBroken(connection)) {
    return {
      source,
      words: liveWords(source, answer, connection, trans),
      standing: failed ? 'error' : loading ? 'refreshing' : 'ready',
      problem: failed,
      count: answer?.result?.total ?? null,
      waiting: loading,
      closed: false
    };
  }
  if (!connection) {
    return {
      source,
      words: sourceWords(source, trans),
      standing: source.state,
      problem: hasProblem(source),
      count: source.matches ?? source.datasets,
      waiting: false,
      closed: false
    };
  }
  const { state } = connection;
  return {
    source,
    words: `${sourceTitle(source)}: ${stateWords(connection, trans)}`,
    standing: loading
      ? 'refreshing'
      : failed
        ? 'error'
        : ({ connected: 'ready', disconnected: 'empty' }[state as string] ??
          'error'),
    problem: isBroken(connection) || failed,
    count: answer && !loading && !failed ? answer.total : null,
    waiting: loading,
    closed: state !== 'connected'
  };
}

function isBroken(connection: Connection | undefined): boolean {
  return connection?.state === 'expired' || connection?.state === 'error';
}

/** How a store that is open to everybody has answered: "Human Cell Atlas: 512 found". */
function liveWords(
  source: SourceStatus,
  answer: ILiveAnswer | undefined,
  connection: Connection | undefined,
  trans: TranslationBundle
): string {
  const who =
    connection?.state === 'connected'
      ? stateWords(connection, trans)
      : trans.__('open to everybody');
  const parts = [
    who,
    answer?.loading &&
      (answer.waited > 0
        ? trans.__('slow, asked %1 s ago', answer.waited)
        : trans.__('searching…')),
    answer?.error &&
      errorSentences({ message: asErrorBody(answer.error, trans).message })
  ];
  return `${sourceTitle(source)}: ${parts.filter(Boolean).join(' · ')}`;
}
