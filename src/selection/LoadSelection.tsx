import type { ReactElement } from 'react';

import type { Selection, SelectionEstimate } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { useAttempt } from '../browser/useAttempt';
import { CopyButton } from '../dataset/CopyButton';
import { WHOLE } from '../loading/manner';
import { TransferRow } from '../transfers/TransferRow';
import { useTransfer } from '../transfers/useTransfer';
import { commandOf, readsGenes } from './command';
import { GeneFile } from './GeneFile';
import { sameSelection } from './same';

interface IProps {
  readonly fileRef: string;
  readonly title: string;
  readonly selection: Selection;
  readonly estimate: SelectionEstimate | null;
  /** Whether the estimate is of this selection. */
  readonly current: boolean;
}

/** Puts a selection into the notebook, and says how far that is. */
export function LoadSelection(props: IProps): ReactElement {
  const { hub } = useSidebar();
  const { trans } = hub;
  const { fileRef, title, selection, estimate, current } = props;
  const { busy, error, attempt, forget } = useAttempt();
  const transfer = useTransfer(
    item =>
      item.ref === fileRef &&
      Boolean(item.selection) &&
      sameSelection(item.selection!, selection)
  );
  const something = current && estimate !== null && estimate.cells > 0;
  return (
    <div className="jp-DataHub-loadSelection">
      <div className="jp-DataHub-actionRow">
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          disabled={busy || !something || estimate.genes === 0}
          onClick={() =>
            void attempt(() =>
              hub.load(fileRef, title, '', {
                ...WHOLE,
                part: { selection, size: estimate?.fetch ?? null }
              })
            )
          }
        >
          {trans.__('Load selection')}
        </button>
        <CopyButton
          text={commandOf(fileRef, selection)}
          label={trans.__('Copy command')}
        />
      </div>
      {readsGenes(selection) && <GeneFile genes={selection.genes} />}
      {error !== null && <ErrorNotice error={error} spoken onHide={forget} />}
      {transfer?.state === 'done' && (
        <p className="jp-DataHub-quiet" role="status">
          {trans.__('It is in the library: nothing to fetch.')}
        </p>
      )}
      {transfer && transfer.state !== 'done' && (
        <ul
          className="jp-DataHub-transfers"
          aria-label={trans.__('Transfer of this selection')}
        >
          <TransferRow transfer={transfer} />
        </ul>
      )}
    </div>
  );
}
