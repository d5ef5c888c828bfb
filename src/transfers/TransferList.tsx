import type { ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { useSignal } from '../browser/useSignal';
import { isOver } from './states';
import { TransferRow } from './TransferRow';

/** All transfers, newest first. */
export function TransferList(): ReactElement {
  const { hub, run } = useSidebar();
  const { trans, transfers } = hub;
  const items = useSignal(transfers.changed, () => transfers.items);
  const error = useSignal(transfers.changed, () => transfers.error);
  const ended = items.filter(isOver).length;
  return (
    <>
      {error !== null && (
        <ErrorNotice
          error={error}
          lead={trans.__('The list of transfers may be out of date.')}
          onRetry={() => run(() => transfers.sync())}
        />
      )}
      {items.length === 0 && error === null && (
        <p className="jp-DataHub-hint">
          {trans.__(
            'Nothing is on its way. Downloads and saves go on when you close this page, and show here again.'
          )}
        </p>
      )}
      {items.length > 0 && (
        <ul className="jp-DataHub-transfers" aria-label={trans.__('Transfers')}>
          {items.map(transfer => (
            <TransferRow key={transfer.id} transfer={transfer} />
          ))}
        </ul>
      )}
      {ended > 1 && (
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => run(() => transfers.removeFinished())}
        >
          {trans.__('Take the %1 that ended off the list', ended)}
        </button>
      )}
    </>
  );
}
