import type { Facet, Summary } from '../api/models';
import type { ILiveAnswer } from './liveAnswer';
import { SHARED_FACETS } from './query';
import { foldedValues } from './spellings';

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
      ...only.facets.map(facet => ({
        ...facet,
        values: foldedValues(facet.values)
      })),
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
  return further
    .reduce<readonly Facet[]>((merged, facet) => {
      const known = merged.some(({ name }) => name === facet.name);
      return known
        ? merged.map(each =>
            each.name === facet.name ? sum(each, facet) : each
          )
        : [...merged, { ...facet, group: '' }];
    }, facets)
    .map(facet => ({ ...facet, values: foldedValues(facet.values) }));
}

function sum(one: Facet, other: Facet): Facet {
  return {
    ...one,
    values: [...one.values, ...other.values],
    more: one.more + other.more
  };
}

/** The summary of the catalogs with what the stores found, or that of the only store. */
export function mergedSummary(
  summary: Summary | undefined,
  answers: readonly ILiveAnswer[],
  only: ILiveAnswer | null
): Summary | null {
  if (only) {
    return only.result?.summary ?? null;
  }
  if (!summary) {
    return null;
  }
  return answers
    .filter(({ shown }) => shown)
    .reduce<Summary>((sum, { total, result }) => {
      const more = result?.summary;
      return {
        ...sum,
        datasets: sum.datasets + total,
        cells: sum.cells + (more?.cells ?? 0),
        bytes: sum.bytes + (more?.bytes ?? 0),
        unknown_sizes: sum.unknown_sizes + (more?.unknown_sizes ?? 0)
      };
    }, summary);
}
