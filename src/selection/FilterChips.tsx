import { closeIcon } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import type { Filter } from './filters';
import type { SelectionModel } from './model';
import { filterWords } from './words';

interface IProps {
  readonly model: SelectionModel;
  readonly filters: readonly Filter[];
}

/** The filters that hold, each of which can be turned round or taken away. */
export function FilterChips({ model, filters }: IProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  if (filters.length === 0) {
    return null;
  }
  return (
    <ul
      className="jp-DataHub-filterChips"
      aria-label={trans.__('Active filters')}
    >
      {filters.map((filter, place) => {
        const words = filterWords(filter, trans);
        const turned = turnedOf(filter);
        return (
          <li key={`${place} ${words}`} className="jp-DataHub-filterChip">
            {turned && (
              <button
                type="button"
                className="jp-DataHub-filterTurn"
                aria-label={
                  'not' in filter && filter.not
                    ? trans.__('without %1; choose these cells only', words)
                    : trans.__('only %1; leave these cells out', words)
                }
                title={
                  'not' in filter && filter.not
                    ? trans.__('Choose these cells only')
                    : trans.__('Leave these cells out')
                }
                onClick={() => model.replace(filter, turned)}
              >
                {'not' in filter && filter.not
                  ? trans.__('without')
                  : trans.__('only')}
              </button>
            )}
            <span
              className="jp-DataHub-filterText"
              title={filter.kind === 'expression' ? filter.text : words}
            >
              {words}
            </span>
            <button
              type="button"
              className="jp-DataHub-button"
              aria-label={trans.__('Remove the filter %1', words)}
              title={trans.__('Remove this filter')}
              onClick={() => model.replace(filter, null)}
            >
              <closeIcon.react
                tag="span"
                className="jp-DataHub-icon"
                aria-hidden="true"
              />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** The filter of all other cells, null where it has none. */
function turnedOf(filter: Filter): Filter | null {
  return filter.kind === 'values' || filter.kind === 'regions'
    ? { ...filter, not: !filter.not }
    : null;
}
