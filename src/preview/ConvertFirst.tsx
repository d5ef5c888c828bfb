import type { ReactElement } from 'react';

import type { Asset, Preview } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { useAttempt } from '../browser/useAttempt';
import { TransferRow } from '../transfers/TransferRow';
import { useTransfer } from '../transfers/useTransfer';
import { convertedWords, isConvertible } from './words';

/** Makes an h5ad of a file of which nothing can be chosen before it is one. */
export function ConvertFirst({
  asset,
  facts,
  title,
  here
}: {
  readonly asset: Asset;
  readonly facts: Preview;
  readonly title: string;
  /** Whether the file is on this machine. */
  readonly here: boolean;
}): ReactElement {
  const { hub } = useSidebar();
  const { trans } = hub;
  const { ref, size } = asset;
  const { busy, error, attempt, forget } = useAttempt();
  const transfer = useTransfer(item => item.ref === ref && !item.selection);
  const moving = transfer !== null && transfer.state !== 'done';
  return (
    <div className="jp-DataHub-unchosen">
      <p className="jp-DataHub-quiet">{convertedWords(facts, trans)}</p>
      {isConvertible(facts) && !moving && (
        <button
          type="button"
          className="jp-mod-styled"
          disabled={busy}
          onClick={() =>
            void attempt(() =>
              hub.download(ref, { title, size, convert: true })
            )
          }
        >
          {here ? trans.__('Convert') : trans.__('Download and convert')}
        </button>
      )}
      {error !== null && <ErrorNotice error={error} spoken onHide={forget} />}
      {moving && (
        <ul
          className="jp-DataHub-transfers"
          aria-label={trans.__('Transfer of this file')}
        >
          <TransferRow transfer={transfer} />
        </ul>
      )}
    </div>
  );
}
