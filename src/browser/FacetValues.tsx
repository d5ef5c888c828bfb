import { useRef, useState, type ReactElement } from 'react';

import type { Facet, FacetValue } from '../api/models';
import { useSidebar } from './context';
import { formatInteger } from './format';
import { folded } from './query';

/** Values up to which a filter field would only be in the way. */
const SHORT = 12;

interface IProps {
  readonly facet: Facet;
  readonly chosen: readonly string[];
  readonly onToggle: (value: string) => void;
}

/** The values of a facet with their counts, chosen ones first. */
export function FacetValues({ facet, chosen, onToggle }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const [filter, setFilter] = useState('');
  const values = useSteadyOrder(facet.values, chosen);
  const wanted = folded(filter);
  const picked = new Set(chosen.map(folded));
  const shown = values.filter(({ value }) =>
    value.toLowerCase().includes(wanted)
  );
  return (
    <>
      {(values.length > SHORT || filter) && (
        <input
          type="search"
          className="jp-DataHub-facetFilter"
          value={filter}
          placeholder={trans.__('Filter values')}
          aria-label={trans.__('Filter the values of %1', facet.title)}
          onChange={event => setFilter(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape' && filter) {
              event.stopPropagation();
              setFilter('');
            }
          }}
        />
      )}
      <ul className="jp-DataHub-values">
        {shown.map(({ value, count }) => (
          <li key={folded(value)}>
            <label className="jp-DataHub-value" title={value}>
              <input
                type="checkbox"
                checked={picked.has(folded(value))}
                onChange={() => onToggle(value)}
              />
              <span className="jp-DataHub-valueName">{value}</span>
              <span className="jp-DataHub-count">{formatInteger(count)}</span>
            </label>
          </li>
        ))}
      </ul>
      {shown.length === 0 && (
        <p className="jp-DataHub-hint">
          {trans.__('No value contains “%1”.', filter.trim())}
        </p>
      )}
      {facet.more > 0 && (
        <p className="jp-DataHub-hint">
          {trans._n(
            '%2 rarer value is not listed; search for its name.',
            '%2 rarer values are not listed; search for their names.',
            facet.more,
            formatInteger(facet.more)
          )}
        </p>
      )}
    </>
  );
}

/**
 * The values in the order they had when the facet was opened, so that nothing moves away under
 * the pointer when a choice changes the counts. Chosen values without a count are kept.
 */
function useSteadyOrder(
  values: readonly FacetValue[],
  chosen: readonly string[]
): readonly FacetValue[] {
  const places = useRef(new Map<string, number>());
  const listed = new Set(values.map(({ value }) => folded(value)));
  const picked = new Set(chosen.map(folded));
  const missing = chosen
    .filter(value => !listed.has(folded(value)))
    .map(value => ({ value, count: 0, selected: true }));
  const all = [...missing, ...values];
  if (places.current.size === 0) {
    all.sort(
      (a, b) =>
        Number(picked.has(folded(b.value))) -
        Number(picked.has(folded(a.value)))
    );
  }
  all.forEach(({ value }) => {
    if (!places.current.has(folded(value))) {
      places.current.set(folded(value), places.current.size);
    }
  });
  const place = (value: FacetValue): number =>
    places.current.get(folded(value.value)) ?? 0;
  return all.sort((a, b) => place(a) - place(b));
}
