import type { TranslationBundle } from '@jupyterlab/translation';

import type { Range } from '../api/models';
import { RANGES, type RangeName } from './query';
import { formatAmount } from './rangeText';

/** A facet or range and what it is called. */
export interface INamed {
  readonly name: string;
  readonly title: string;
}

export function isRange(name: string): name is RangeName {
  return (RANGES as readonly string[]).includes(name);
}

/** What a facet or range is called. */
export function filterTitle(
  name: string,
  facets: readonly INamed[],
  trans: TranslationBundle
): string {
  const titles: { [name in RangeName]: string } = {
    cells: trans.__('Cells'),
    size: trans.__('Size'),
    year: trans.__('Year')
  };
  if (isRange(name)) {
    return titles[name];
  }
  const title = facets.find(facet => facet.name === name)?.title;
  return title ?? commonTitles(trans)[name] ?? readable(name);
}

/** A range as a condition: "cells ≥ 10,000". */
export function rangeWords(
  name: string,
  range: Range,
  trans: TranslationBundle,
  facets: readonly INamed[] = []
): string {
  const title = filterTitle(name, facets, trans);
  const min = formatAmount(range.min, name);
  const max = formatAmount(range.max, name);
  if (!max) {
    return `${title} ≥ ${min}`;
  }
  return min ? `${title} ${min} – ${max}` : `${title} ≤ ${max}`;
}

/** A name that no catalog has given a title yet: "Donor sex". */
function readable(name: string): string {
  const words = name.replace(/[_.]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Titles of the facets that show before a catalog has told of its own. */
function commonTitles(trans: TranslationBundle): { [name: string]: string } {
  return {
    organism: trans.__('Organism'),
    tissue: trans.__('Tissue'),
    disease: trans.__('Disease'),
    assay: trans.__('Assay'),
    cell_type: trans.__('Cell type'),
    source: trans.__('Source')
  };
}
