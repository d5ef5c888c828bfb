import { closeIcon } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';

import type { SourceStatus } from '../api/models';
import { useSidebar } from './context';
import { filterTitle, rangeWords, type INamed } from './filterWords';
import { filters, withoutConditions, type Query } from './query';
import { sourceTitle } from './sourceWords';

interface IProps {
  readonly query: Query;
  readonly facets: readonly INamed[];
  readonly sources: readonly SourceStatus[];
  readonly onQuery: (query: Query) => void;
}

/** The chosen filters as tags that can be taken away one by one. */
export function ActiveFilters(props: IProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { query, facets, sources, onQuery } = props;
  const active = filters(query);
  if (active.length === 0) {
    return null;
  }
  return (
    <div
      className="jp-DataHub-tags"
      role="group"
      aria-label={trans.__('Active filters')}
    >
      {active.map(({ name, value, range, without }) => {
        const source = sources.find(each => each.name === value);
        const words = range
          ? rangeWords(name, range, trans, facets)
          : name === 'source' && source
            ? sourceTitle(source)
            : value;
        const title = filterTitle(name, facets, trans);
        return (
          <button
            key={`${name}=${value}`}
            type="button"
            className="jp-DataHub-tag"
            aria-label={trans.__('Remove the filter %1 (%2)', words, title)}
            title={trans.__('%1: remove this filter', title)}
            onClick={() => onQuery(without)}
          >
            <span className="jp-DataHub-tagText">{words}</span>
            <closeIcon.react
              tag="span"
              className="jp-DataHub-icon"
              aria-hidden="true"
            />
          </button>
        );
      })}
      <button
        type="button"
        className="jp-DataHub-link"
        onClick={() =>
          onQuery({ ...withoutConditions(query), text: query.text })
        }
      >
        {trans.__('Clear all')}
      </button>
    </div>
  );
}
