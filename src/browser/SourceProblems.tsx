import { useState, type ReactElement } from 'react';

import type { SourceStatus } from '../api/models';
import { useSidebar } from './context';
import { ErrorNotice } from './ErrorNotice';
import { formatRelative } from './format';
import { hasProblem, sourceTitle } from './sourceWords';

interface IProps {
  readonly sources: readonly SourceStatus[];
  readonly onRetry: (name: string) => void;
}

/** What is wrong with which Source, and the Sources whose first catalog is under way. */
export function SourceProblems({ sources, onRetry }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const key = ({ name, error }: SourceStatus): string =>
    `${name}: ${error?.message}`;

  const lead = (source: SourceStatus): string => {
    const title = sourceTitle(source);
    return source.datasets > 0
      ? trans.__(
          '%1 is out of reach: showing its catalog of %2.',
          title,
          formatRelative(source.harvested)
        )
      : trans.__('%1 has no catalog yet.', title);
  };

  return (
    <>
      {sources
        .filter(source => hasProblem(source) && !hidden.includes(key(source)))
        .map(source => (
          <ErrorNotice
            key={source.name}
            tone={source.datasets > 0 ? 'warning' : 'error'}
            lead={lead(source)}
            spoken
            error={
              source.error ?? {
                code: source.state,
                message: trans.__('It cannot be reached at the moment.'),
                source: source.name,
                hint: '',
                retry_after: null
              }
            }
            onRetry={() => onRetry(source.name)}
            onHide={() => setHidden([...hidden, key(source)])}
          />
        ))}
      {sources
        .filter(({ state, datasets }) => state === 'refreshing' && !datasets)
        .map(source => (
          <p key={source.name} className="jp-DataHub-progressLine">
            {`${sourceTitle(source)}: ${source.progress || trans.__('fetching the catalog…')}`}
          </p>
        ))}
    </>
  );
}
