import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';

import { costOf } from './pay';

/** What a look may cost, in USD; rounded up, so that it is not below what it does cost. */
export function mostOf(error: unknown): number | null {
  const usd = costOf(error)?.usd ?? null;
  return usd === null ? null : Math.ceil(usd * 10_000) / 10_000;
}

/** Says what a look costs before anything is fetched, and asks whether that may be. */
export function PaidLook(props: {
  /** Who pays. */
  readonly lead: string;
  readonly most: number;
  readonly trans: TranslationBundle;
  readonly onAgree: (most: number) => void;
}): ReactElement {
  const { lead, most, trans, onAgree } = props;
  return (
    <div className="jp-DataHub-notice jp-mod-warning" role="status">
      <p>
        <strong>{lead}</strong>{' '}
        {trans.__(
          'Each look at it costs %1 USD at most; nothing was fetched yet.',
          String(most)
        )}
      </p>
      <button
        type="button"
        className="jp-mod-styled jp-mod-accept"
        onClick={() => onAgree(most)}
      >
        {trans.__('Look at it for at most %1 USD', String(most))}
      </button>
    </div>
  );
}
