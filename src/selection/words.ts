import type { TranslationBundle } from '@jupyterlab/translation';

import type { Preview, PreviewMatrix, SelectionEstimate } from '../api/models';
import { formatInteger } from '../browser/format';
import { layerWords } from '../notebook/layers';
import { formatNumber } from '../preview/numbers';
import type { Filter, IRangeFilter, IValuesFilter } from './filters';

/** Names that are said one by one. */
const NAMED = 4;

/** What a filter leaves, in words: "cell_type: B cell, T cell". */
export function filterWords(filter: Filter, trans: TranslationBundle): string {
  switch (filter.kind) {
    case 'values':
      return trans.__('%1: %2', filter.column, valuesWords(filter, trans));
    case 'range':
      return rangeWords(filter, trans);
    case 'regions':
      return trans.__(
        '%1: %2',
        filter.embedding,
        trans._n(
          '%2 region',
          '%2 regions',
          filter.polygons.length,
          formatInteger(filter.polygons.length)
        )
      );
    default:
      return trans.__('Expression');
  }
}

function valuesWords(
  { values, missing, not }: IValuesFilter,
  trans: TranslationBundle
): string {
  const yes = { true: trans.__('True'), false: trans.__('False') };
  const names = values.map(value =>
    typeof value === 'boolean' ? yes[`${value}`] : value || trans.__('(empty)')
  );
  // Who leaves out values asks for cells that have another one, unless only those without go.
  if (missing && (!not || names.length === 0)) {
    names.push(trans.__('missing'));
  }
  return namesWords(names, trans);
}

function rangeWords(
  { column, low, high }: IRangeFilter,
  trans: TranslationBundle
): string {
  const [from, to] = [low, high].map(bound => bound && formatNumber(bound.at));
  if (low && high) {
    return trans.__('%1: %2 to %3', column, from ?? '', to ?? '');
  }
  return low
    ? `${column} ${low.open ? '>' : '≥'} ${from}`
    : `${column} ${high?.open ? '<' : '≤'} ${to}`;
}

/** Some names, and how many more there are. */
export function namesWords(
  names: readonly string[],
  trans: TranslationBundle,
  most = NAMED
): string {
  const rest = names.length - most;
  const said = names.slice(0, most).join(', ');
  return rest > 0
    ? trans.__('%1 and %2 more', said, formatInteger(rest))
    : said;
}

/** A matrix that can become X. */
export interface IMatrix {
  /** As a selection names it. */
  readonly layer: string;
  readonly label: string;
}

/** The matrices of a file, those with raw counts marked. */
export function matricesOf(
  { x, raw, layers, raw_counts }: Preview,
  trans: TranslationBundle
): IMatrix[] {
  const mark = ({ name }: PreviewMatrix, label: string): string =>
    name === raw_counts ? trans.__('%1 (raw counts)', label) : label;
  return [
    ...(x ? [{ layer: '', label: mark(x, 'X') }] : []),
    ...(raw ? [{ layer: 'raw', label: mark(raw, 'raw.X') }] : []),
    ...layers.map(matrix => {
      const layer = matrix.name.replace(/^layers\//, '');
      return { layer, label: mark(matrix, layerWords(layer, trans)) };
    })
  ];
}

/** "240 of 700 cells, 3 of 738 genes", for those who do not see the table. */
export function totalsWords(
  { cells, of_cells, genes, of_genes }: SelectionEstimate,
  trans: TranslationBundle
): string {
  return trans.__(
    '%1 of %2 cells, %3 of %4 genes',
    formatInteger(cells),
    formatInteger(of_cells),
    formatInteger(genes),
    formatInteger(of_genes)
  );
}
