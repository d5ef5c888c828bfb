import { checkIcon } from '@jupyterlab/ui-components';
import { memo, type ReactElement } from 'react';

import type { Hit, Transfer } from '../api/models';
import { lockIcon, newerIcon } from '../icons';
import { isFinal } from '../transfers/states';
import { shortState } from '../transfers/words';
import { useSidebar } from './context';
import { formatAbsolute, formatMonth } from './format';
import { accessWords, amountWords, spokenHit, subjectWords } from './hitWords';
import { SkeletonLines } from './Skeleton';

export interface IRowProps {
  readonly id: string;
  readonly index: number;
  readonly total: number;
  /** Pixels from the top of the list. */
  readonly top: number;
  /** Undefined while the row is on its way. */
  readonly hit: Hit | undefined;
  readonly source: string;
  readonly active: boolean;
  readonly hovered: boolean;
  readonly ticked: boolean;
  readonly transfer: Transfer | undefined;
}

/** One dataset of the result list in three lines. */
export const ResultRow = memo((props: IRowProps): ReactElement => {
  const { trans } = useSidebar().hub;
  const { id, index, total, top, hit, source, active, hovered, ticked } = props;
  const place = {
    id,
    role: 'option',
    'aria-posinset': index + 1,
    'aria-setsize': total,
    'data-index': index,
    style: { transform: `translateY(${top}px)` }
  };
  if (!hit) {
    return (
      <div
        {...place}
        className="jp-DataHub-row"
        aria-selected={false}
        aria-label={trans.__('Loading')}
        aria-busy="true"
      >
        <SkeletonLines />
      </div>
    );
  }
  const subject = subjectWords(hit) || hit.collection;
  const classes = ['jp-DataHub-row'];
  if (active) {
    classes.push('jp-mod-active');
  }
  if (hovered) {
    classes.push('jp-mod-hovered');
  }
  return (
    <div
      {...place}
      className={classes.join(' ')}
      aria-selected={ticked}
      aria-label={spokenHit(hit, source, trans)}
    >
      <span
        className="jp-DataHub-tick"
        title={trans.__('Tick (Space)')}
        aria-hidden="true"
      >
        <span className="jp-DataHub-tickBox">
          {ticked && <checkIcon.react tag="span" className="jp-DataHub-icon" />}
        </span>
      </span>
      <div className="jp-DataHub-rowHead">
        <span className="jp-DataHub-rowTitle" title={hit.title}>
          {hit.title}
        </span>
        <span className="jp-DataHub-rowSource">{source}</span>
      </div>
      <div className="jp-DataHub-rowSubject" title={fullSubject(hit)}>
        <span className="jp-DataHub-narrowSource">
          {subject ? `${source} · ` : source}
        </span>
        {subject}
      </div>
      <RowFoot {...props} hit={hit} />
    </div>
  );
});
ResultRow.displayName = 'ResultRow';

function RowFoot({ hit, transfer }: IRowProps & { hit: Hit }): ReactElement {
  const { trans } = useSidebar().hub;
  const moving = transfer && !isFinal(transfer.state) ? transfer : undefined;
  return (
    <div className="jp-DataHub-rowFoot">
      {hit.in_library && !moving && (
        <span
          className="jp-DataHub-mark jp-mod-done"
          title={trans.__('In the library')}
        >
          <checkIcon.react tag="span" className="jp-DataHub-icon" />
        </span>
      )}
      {hit.newer_than_library && (
        <span
          className="jp-DataHub-mark jp-mod-newer"
          title={trans.__('Newer than the version in the library')}
        >
          <newerIcon.react tag="span" className="jp-DataHub-icon" />
        </span>
      )}
      {hit.access !== 'open' && (
        <span className="jp-DataHub-access">
          <lockIcon.react tag="span" className="jp-DataHub-icon" />
          {accessWords(hit.access, trans)}
        </span>
      )}
      <span className="jp-DataHub-rowAmount" title={formatAbsolute(hit.date)}>
        {[
          ...amountWords(hit, trans),
          hit.access === 'open' ? accessWords(hit.access, trans) : '',
          formatMonth(hit.date)
        ]
          .filter(part => part)
          .join(' · ')}
      </span>
      {moving && (
        <span className="jp-DataHub-rowTransfer">
          {shortState(moving, trans)}
        </span>
      )}
    </div>
  );
}

function fullSubject(hit: Hit): string {
  return [hit.organism, hit.tissue, hit.disease, hit.assay, [hit.collection]]
    .map(values => values.join(', '))
    .filter(line => line)
    .join('\n');
}
