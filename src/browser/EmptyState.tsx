import type { ReactElement } from 'react';

import type { Facet, SourceStatus } from '../api/models';
import { useSidebar } from './context';
import { filterTitle, rangeWords } from './filterWords';
import { formatInteger } from './format';
import { conditions, type Condition, type Query } from './query';
import type { WayOut } from './waysOut';

/** An entry of the file that names the Sources. */
const SAMPLE = '- {name: lab, kind: folder, path: data}';

interface IProps {
  readonly query: Query;
  readonly facets: readonly Facet[];
  readonly sources: readonly SourceStatus[];
  /** Null while they are looked for. */
  readonly waysOut: readonly WayOut[] | null;
  readonly onQuery: (query: Query) => void;
}

/** Why there is nothing in the list, and what to do about it. */
export function EmptyState(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { query, facets, sources, waysOut, onQuery } = props;
  if (conditions(query).length === 0) {
    return <NothingYet sources={sources} />;
  }
  const words = ({ kind, name, value, range }: Condition): string => {
    if (kind === 'text') {
      return trans.__('Search without “%1”', value);
    }
    if (range) {
      return trans.__('Drop %1', rangeWords(name, range, trans));
    }
    return trans.__('Drop %1: %2', filterTitle(name, facets, trans), value);
  };
  return (
    <div className="jp-DataHub-empty">
      <p className="jp-DataHub-emptyTitle">
        {trans.__('No dataset fits all of this')}
      </p>
      {waysOut && waysOut.length > 0 && (
        <ul className="jp-DataHub-waysOut">
          {waysOut.map(({ condition, total }) => (
            <li key={`${condition.name}=${condition.value}`}>
              <button
                type="button"
                className="jp-DataHub-link"
                onClick={() => onQuery(condition.without)}
              >
                {words(condition)}
              </button>{' '}
              <span className="jp-DataHub-count">
                {trans._n(
                  '%2 dataset',
                  '%2 datasets',
                  total,
                  formatInteger(total)
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      {waysOut && waysOut.length === 0 && (
        <p>
          {trans.__(
            'No single condition is the reason. Start again with fewer.'
          )}
        </p>
      )}
      <button
        type="button"
        className="jp-DataHub-link"
        onClick={() => onQuery({ ...query, text: '', facets: {}, ranges: {} })}
      >
        {trans.__('Start again')}
      </button>
    </div>
  );
}

function NothingYet({
  sources
}: {
  sources: readonly SourceStatus[];
}): ReactElement {
  const { trans } = useSidebar().hub;
  const fetching = sources.some(({ state }) => state === 'refreshing');
  return (
    <div className="jp-DataHub-empty">
      <p className="jp-DataHub-emptyTitle">
        {fetching
          ? trans.__('The catalogs are on their way')
          : trans.__('The catalogs are empty')}
      </p>
      <p>
        {fetching
          ? trans.__('Datasets show here as soon as they are known.')
          : trans.__(
              'None of the Sources lists a dataset. Fetch their catalogs anew with the refresh button above.'
            )}
      </p>
    </div>
  );
}

/** How to connect the first Source. */
export function NoSource(): ReactElement {
  const { trans } = useSidebar().hub;
  return (
    <div className="jp-DataHub-empty">
      <p className="jp-DataHub-emptyTitle">
        {trans.__('No Source is configured')}
      </p>
      <p>
        {trans.__(
          'A Source is a catalog of datasets, or a folder of your own. Name one in the file datahub-sources.yaml on the Jupyter configuration path, then restart the server:'
        )}
      </p>
      <pre className="jp-DataHub-sample">{SAMPLE}</pre>
    </div>
  );
}
