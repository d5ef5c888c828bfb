import type { TranslationBundle } from '@jupyterlab/translation';

import type { Figure, Summary } from '../api/models';
import { formatBytes, formatCount, formatInteger } from './format';

/** The parts of the line above the results, of what is known; a narrow sidebar breaks it between them. */
export function shortSummary(
  summary: Summary,
  trans: TranslationBundle
): string[] {
  const { datasets, cells, bytes, figures } = summary;
  const parts =
    figures.length > 0
      ? figures
          .filter(({ value }, index) => value > 0 || index === 0)
          .map(figure => figureWords(figure, trans))
      : [
          trans._n(
            '%2 dataset',
            '%2 datasets',
            datasets,
            formatInteger(datasets)
          ),
          cells > 0
            ? trans._n('%2 cell', '%2 cells', cells, formatCount(cells))
            : '',
          bytes > 0 ? formatBytes(bytes) : ''
        ].filter(part => part);
  return parts.map((part, index) =>
    index < parts.length - 1 ? `${part} ·` : part
  );
}

/** A number that a Source counts: "12 donors". */
export function figureWords(
  { name, title, value, unit }: Figure,
  trans: TranslationBundle
): string {
  if (unit === 'bytes') {
    return formatBytes(value);
  }
  const count = formatCount(value);
  const known: { [name: string]: string } = {
    projects: trans._n('%2 project', '%2 projects', value, count),
    studies: trans._n('%2 study', '%2 studies', value, count),
    donors: trans._n('%2 donor', '%2 donors', value, count),
    specimens: trans._n('%2 specimen', '%2 specimens', value, count),
    samples: trans._n('%2 sample', '%2 samples', value, count),
    cells: trans._n('%2 estimated cell', '%2 estimated cells', value, count),
    files: trans._n('%2 file', '%2 files', value, count),
    objects: trans._n('%2 object', '%2 objects', value, count)
  };
  // What a commons counts has the names that it gave it; a title fits any number.
  return (
    known[name] ??
    (value === 1 ? `${title}: ${count}` : `${count} ${title.toLowerCase()}`)
  );
}

/** The same in full, a line each. */
export function exactSummary(
  summary: Summary,
  trans: TranslationBundle
): string {
  const bytesWords = (bytes: number): string =>
    trans._n('%2 byte', '%2 bytes', bytes, formatInteger(bytes));
  const { datasets, cells, bytes, unknown_sizes, figures } = summary;
  if (figures.length > 0) {
    return figures
      .map(({ title, value, unit }) =>
        unit === 'bytes'
          ? `${title}: ${bytesWords(value)}`
          : `${title}: ${formatInteger(value)}`
      )
      .join('\n');
  }
  return [
    trans._n('%2 dataset', '%2 datasets', datasets, formatInteger(datasets)),
    cells > 0
      ? trans._n('%2 cell', '%2 cells', cells, formatInteger(cells))
      : '',
    bytes > 0 ? bytesWords(bytes) : '',
    unknown_sizes > 0
      ? trans.__('%1 without a known size', formatInteger(unknown_sizes))
      : ''
  ]
    .filter(part => part)
    .join('\n');
}
