import type { ReactElement } from 'react';

import type { SourceStatus } from '../api/models';
import { useSidebar } from './context';
import { formatInteger } from './format';
import { hasProblem, sourceTitle, sourceWords } from './sourceWords';
import { Tooltip } from './Tooltip';

interface IProps {
  readonly sources: readonly SourceStatus[];
  /** Names of the Sources that the search is limited to; none: all. */
  readonly chosen: readonly string[];
  readonly onToggle: (name: string) => void;
}

/** The Sources with their counts and states; a click limits the search to one. */
export function SourceChips(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { sources, chosen, onToggle } = props;
  return (
    <div
      className="jp-DataHub-chips"
      role="group"
      aria-label={trans.__('Sources')}
    >
      {sources.map(source => (
        <Tooltip key={source.name} words={sourceWords(source, trans)}>
          {attributes => (
            <button
              {...attributes}
              type="button"
              className={`jp-DataHub-chip jp-mod-${source.state}`}
              aria-pressed={chosen.includes(source.name)}
              onClick={() => onToggle(source.name)}
            >
              <span className="jp-DataHub-dot" aria-hidden="true">
                {hasProblem(source) ? '!' : ''}
              </span>
              <span className="jp-DataHub-chipTitle">
                {sourceTitle(source)}
              </span>
              <span className="jp-DataHub-count">
                {formatInteger(source.matches ?? source.datasets)}
              </span>
            </button>
          )}
        </Tooltip>
      ))}
    </div>
  );
}
