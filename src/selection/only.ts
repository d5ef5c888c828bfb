import type { Colours } from '../preview/decode';
import {
  passes,
  type Clicked,
  type Filter,
  type IValuesFilter
} from './filters';

/** Whether a filter chooses among the values of a column alone. */
export function onlyBy(filter: Filter, column: string): boolean {
  return filter.kind === 'values' && filter.column === column;
}

/**
 * The colours of a picture that the filters leave, by their index; null where they leave all.
 *
 * The index after the last category is that of cells without one.
 */
export function onlyOfFilters(
  filters: readonly Filter[],
  colours: Colours | null
): ReadonlySet<number> | null {
  if (colours?.kind !== 'categories') {
    return null;
  }
  const { by, categories } = colours;
  const mine = filters.filter((filter): filter is IValuesFilter =>
    onlyBy(filter, by)
  );
  if (mine.length === 0) {
    return null;
  }
  const left = new Set<number>();
  for (let index = 0; index <= categories.length; index++) {
    const value = valueAt(categories, index);
    if (mine.every(filter => passes(filter, value))) {
      left.add(index);
    }
  }
  return left;
}

/** The value that a category stands for, null after the last one. */
export function valueAt(categories: readonly string[], index: number): Clicked {
  const name = categories[index];
  if (name === undefined) {
    return null;
  }
  return isTruth(categories) ? name === 'True' : name;
}

/** Whether categories are those of a column of True and False. */
function isTruth(categories: readonly string[]): boolean {
  return categories.every(name => name === 'True' || name === 'False');
}
