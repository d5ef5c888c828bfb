import type { ReactElement } from 'react';

import { DataHubError } from '../api/errors';
import { errorSentences } from '../api/sentences';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { mostOf, PaidLook } from '../consent/PaidLook';

/** Why there is no preview; where no try would help, it is said quietly. */
export function Failure({
  error,
  onRetry
}: {
  readonly error: unknown;
  readonly onRetry: (most: number | null) => void;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const most = mostOf(error);
  if (most !== null) {
    return (
      <PaidLook
        lead={trans.__('Whoever looks at this file pays for what is fetched.')}
        most={most}
        trans={trans}
        onAgree={onRetry}
      />
    );
  }
  if (error instanceof DataHubError && error.code === 'not_supported') {
    return (
      <p className="jp-DataHub-quiet">
        {trans.__('There is no preview of this file.')}{' '}
        {errorSentences(error.body)}
      </p>
    );
  }
  return (
    <ErrorNotice
      error={error}
      lead={trans.__('There is no preview.')}
      spoken
      onRetry={() => onRetry(null)}
    />
  );
}
