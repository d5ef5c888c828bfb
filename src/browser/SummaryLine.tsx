import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import { Fragment, type ReactElement } from 'react';

import type { Figure, Summary } from '../api/models';
import { useSidebar } from './context';
import { formatBytes, formatCount, formatInteger } from './format';
import { SORTS, type Sort } from './query';

interface IProps {
  readonly summary: Summary | null;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
}

/** What the filters leave, in numbers, and the order of the list. */
export function SummaryLine({ summary, sort, onSort }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const names = sortNames(trans);
  return (
    <div className="jp-DataHub-summary">
      <span
        className="jp-DataHub-summaryText"
        role="status"
        title={summary ? exactSummary(summary, trans) : undefined}
      >
        {summary &&
          shortSummary(summary, trans).map((part, index) => (
            <Fragment key={index}>
              <span className="jp-DataHub-summaryPart">{part}</span>{' '}
            </Fragment>
          ))}
      </span>
      <HTMLSelect
        className="jp-DataHub-sort"
        value={sort}
        aria-label={trans.__('Order of the results')}
        title={trans.__('Order of the results')}
        options={SORTS.map(value => ({ value, label: names[value] }))}
        onChange={event => onSort(event.target.value)}
      />
    </div>
  );
}

function sortNames(trans: TranslationBundle): { [sort in Sort]: string } {
  return {
    relevance: trans.__('Best match'),
    '-date': trans.__('Newest'),
    '-cells': trans.__('Most cells'),
    cells: trans.__('Fewest cells'),
    size: trans.__('Smallest file'),
    '-size': trans.__('Largest file'),
    title: trans.__('Title')
  };
}

/** The parts of the line; a narrow sidebar breaks it between them. */
function shortSummary(summary: Summary, trans: TranslationBundle): string[] {
  const { datasets, cells, bytes, figures } = summary;
  if (figures.length > 0) {
    return figures.map(
      (figure, index) =>
        figureWords(figure) + (index < figures.length - 1 ? ' ·' : '')
    );
  }
  const count = trans._n(
    '%2 dataset',
    '%2 datasets',
    datasets,
    formatInteger(datasets)
  );
  return datasets === 0
    ? [count]
    : [
        `${count} ·`,
        `${trans.__('%1 cells', formatCount(cells))} ·`,
        formatBytes(bytes)
      ];
}

/** A number that a Source counts: "12 donors". */
function figureWords({ title, value, unit }: Figure): string {
  return unit === 'bytes'
    ? formatBytes(value)
    : `${formatCount(value)} ${title.toLowerCase()}`;
}

function exactSummary(summary: Summary, trans: TranslationBundle): string {
  if (summary.figures.length > 0) {
    return summary.figures
      .map(({ title, value, unit }) =>
        unit === 'bytes'
          ? `${title}: ${trans.__('%1 bytes', formatInteger(value))}`
          : `${title}: ${formatInteger(value)}`
      )
      .join('\n');
  }
  const unknown =
    summary.unknown_sizes > 0
      ? trans.__(
          '%1 without a known size',
          formatInteger(summary.unknown_sizes)
        )
      : '';
  return [
    trans.__('%1 datasets', formatInteger(summary.datasets)),
    trans.__('%1 cells', formatInteger(summary.cells)),
    trans.__('%1 bytes', formatInteger(summary.bytes)),
    unknown
  ]
    .filter(part => part)
    .join('\n');
}
