import type { Facet, FacetValue, Summary } from '../api/models';
import type { ILiveAnswer } from './liveModel';
import { SHARED_FACETS } from './query';

/**
 * The facets of the catalogs with what the stores add to them.
 *
 * Counts of shared facets add up; values that only a store has come after the others, so that a
 * late answer moves nothing. What is of one store alone shows where that is the only one searched.
 */
export function mergedFacets(
  facets: readonly Facet[],
  answers: readonly ILiveAnswer[],
  only: ILiveAnswer | null
): readonly Facet[] {
  if (only) {
    // Its numbers are among them for their titles.
    const numbers = only.ranges.filter(
      range => !only.facets.some(({ name }) => name === range.name)
    );
    return [
      ...only.facets,
      ...numbers.map(({ name, title, group }) => ({
        name,
        title,
        group,
        values: [],
        more: 0
      }))
    ];
  }
  const further = answers
    .flatMap(answer => answer.facets)
    .filter(({ name }) => SHARED_FACETS.includes(name));
  return further.reduce<readonly Facet[]>((merged, facet) => {
    const known = merged.some(({ name }) => name === facet.name);
    return known
      ? merged.map(each => (each.name === facet.name ? sum(each, facet) : each))
      : [...merged, { ...facet, group: '' }];
  }, facets);
}

function sum(one: Facet, other: Facet): Facet {
  const more = new Map(other.values.map(value => [value.value, value]));
  const raised = one.values.map((value): FacetValue => ({
    ...value,
    count: value.count + (more.get(value.value)?.count ?? 0)
  }));
  const known = new Set(one.values.map(({ value }) => value));
  return {
    ...one,
    values: [
      ...raised,
      ...other.values.filter(({ value }) => !known.has(value))
    ],
    more: one.more + other.more
  };
}

/** The summary of the catalogs with what the stores found, or that of the only store. */
export function mergedSummary(
  summary: Summary | undefined,
  answers: readonly ILiveAnswer[],
  only: ILiveAnswer | null
): Summary | null {
  if (only && (only.loading || only.result?.summary.figures.length)) {
    return only.result?.summary ?? null;
  }
  const more = answers
    .filter(({ shown }) => shown)
    .reduce((total, answer) => total + answer.total, 0);
  return summary ? { ...summary, datasets: summary.datasets + more } : null;
}
