import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import { Fragment, type ReactElement } from 'react';

import type { Summary } from '../api/models';
import { useSidebar } from './context';
import { SORTS, type Sort } from './query';
import { exactSummary, shortSummary } from './summaryWords';

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
