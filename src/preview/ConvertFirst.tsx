import type { ReactElement } from 'react';

import type { Asset, Preview } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { useAttempt } from '../browser/useAttempt';
import { TransferRow } from '../transfers/TransferRow';
import { useTransfer } from '../transfers/useTransfer';
import { convertedWords, isConvertible, unknownWords } from './words';

/** A file of a dataset, as its page shows it. */
export interface IFile {
  readonly asset: Asset;
  /** That of its dataset. */
  readonly title: string;
  /** Whether it is on this machine, so that a look costs nothing. */
  readonly here: boolean;
  /** Whether what is looked into is the h5ad that was made of it. */
  readonly made: boolean;
  /** Whether its transfer shows at the head of the page. */
  readonly told: boolean;
}

interface IProps extends IFile {
  /** What is known of it, null where nothing can be. */
  readonly facts: Preview | null;
}

/** Makes an h5ad of a file of which nothing can be chosen before it is one. */
export function ConvertFirst(props: IProps): ReactElement {
  const { hub } = useSidebar();
  const { trans } = hub;
  const { asset, facts, title, here, told } = props;
  const { ref, size } = asset;
  const { busy, error, attempt, forget } = useAttempt();
  const transfer = useTransfer(item => item.ref === ref && !item.selection);
  const moving =
    transfer !== null && !['done', 'cancelled'].includes(transfer.state);
  return (
    <div className="jp-DataHub-unchosen">
      <p className="jp-DataHub-quiet">
        {facts ? convertedWords(facts, trans) : unknownWords(asset, trans)}
      </p>
      {(facts === null || isConvertible(facts)) && !moving && (
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
      {moving && told && (
        <p className="jp-DataHub-quiet" role="status">
          {trans.__('How far that is shows at the head of the page.')}
        </p>
      )}
      {moving && !told && (
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
