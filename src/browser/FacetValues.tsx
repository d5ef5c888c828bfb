import { useEffect, useRef, useState, type ReactElement } from 'react';

import type { Facet, FacetValue } from '../api/models';
import { useSidebar } from './context';
import type { FindValues } from './facetFinder';
import { formatInteger } from './format';
import { folded } from './query';

/** Values up to which a filter field would only be in the way. */
const SHORT = 12;

interface IProps {
  readonly facet: Facet;
  readonly chosen: readonly string[];
  readonly onToggle: (value: string) => void;
  /** Looks for values that are not listed. */
  readonly find: FindValues;
}

/** Milliseconds of silence before values are looked for that are not listed. */
const TYPING = 250;

/** The values of a facet with their counts, chosen ones first. */
export function FacetValues(props: IProps): ReactElement {
  const { facet, chosen, onToggle, find } = props;
  const { trans } = useSidebar().hub;
  const [filter, setFilter] = useState('');
  const wanted = folded(filter);
  const rarer = useRarer(facet, wanted, find);
  const values = useSteadyOrder([...facet.values, ...rarer.values], chosen);
  const picked = new Set(chosen.map(folded));
  const shown = values.filter(({ value }) =>
    value.toLowerCase().includes(wanted)
  );
  return (
    <>
      {(values.length > SHORT || facet.more > 0 || filter) && (
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
      <p className="jp-DataHub-hint" role="status">
        {rarer.looking
          ? trans.__('Looking among the rarer values…')
          : rarer.failed
            ? trans.__('The rarer values could not be looked through.')
            : shown.length === 0
              ? trans.__('No value contains “%1”.', filter.trim())
              : facet.more > 0 && !wanted
                ? trans._n(
                    '%2 rarer value is not listed; type a part of its name above.',
                    '%2 rarer values are not listed; type a part of their names above.',
                    facet.more,
                    formatInteger(facet.more)
                  )
                : ''}
      </p>
    </>
  );
}

interface IRarer {
  readonly values: readonly FacetValue[];
  readonly looking: boolean;
  readonly failed: boolean;
}

const NONE: IRarer = { values: [], looking: false, failed: false };

/** The values that are not listed and contain what was typed. */
function useRarer(facet: Facet, wanted: string, find: FindValues): IRarer {
  const { name, more, values } = facet;
  const [rarer, setRarer] = useState(NONE);
  const finder = useRef(find);
  finder.current = find;
  const sought = more > 0 ? wanted : '';
  useEffect(() => {
    if (!sought) {
      setRarer(NONE);
      return;
    }
    const running = new AbortController();
    const look = async (): Promise<void> => {
      try {
        const found = await finder.current(name, sought, running.signal);
        if (!running.signal.aborted) {
          setRarer({ values: found, looking: false, failed: false });
        }
      } catch {
        if (!running.signal.aborted) {
          setRarer({ ...NONE, failed: true });
        }
      }
    };
    setRarer(before => ({ ...before, looking: true, failed: false }));
    const timer = window.setTimeout(() => void look(), TYPING);
    return () => {
      window.clearTimeout(timer);
      running.abort();
    };
  }, [name, sought]);
  const listed = new Set(values.map(({ value }) => folded(value)));
  return {
    ...rarer,
    values: rarer.values.filter(({ value }) => !listed.has(folded(value)))
  };
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
