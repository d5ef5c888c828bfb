import type { ReactElement } from 'react';

import { asErrorBody, DataHubError } from '../api/errors';
import type { ErrorBody } from '../api/models';
import { errorSentences, sentences } from '../api/sentences';
import { useSidebar } from './context';
import { formatDuration } from './format';

interface IProps {
  readonly error: unknown;
  /** A sentence in front of what the error says. */
  readonly lead?: string;
  /** A warning keeps its reason in the fold: there is something to work with. */
  readonly tone?: 'error' | 'warning';
  /** Whether a screen reader says it as soon as it shows. */
  readonly spoken?: boolean;
  readonly onRetry?: () => void;
  readonly onHide?: () => void;
}

/**
 * A failure in words: what failed and where, what to do, the technical part in a fold.
 */
export function ErrorNotice(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { error, lead, tone = 'error', spoken, onRetry, onHide } = props;
  const body = isErrorBody(error) ? error : asErrorBody(error, trans);
  const details = [
    body.code,
    body.source,
    error instanceof DataHubError && error.status ? `HTTP ${error.status}` : '',
    error instanceof DataHubError ? error.details : ''
  ].filter(part => part);
  const reason = (
    <>
      <p>{errorSentences({ message: body.message })}</p>
      {body.hint && <p className="jp-DataHub-hint">{sentences([body.hint])}</p>}
      {body.retry_after !== null && (
        <p className="jp-DataHub-hint">
          {trans.__(
            'Another try makes sense in %1.',
            formatDuration(body.retry_after)
          )}
        </p>
      )}
    </>
  );
  return (
    <div
      className={`jp-DataHub-notice jp-mod-${tone}`}
      role={spoken ? 'status' : 'group'}
    >
      {lead && <p className="jp-DataHub-noticeLead">{lead}</p>}
      {tone === 'error' && reason}
      <div className="jp-DataHub-noticeActions">
        {onRetry && (
          <button type="button" className="jp-DataHub-link" onClick={onRetry}>
            {trans.__('Try again')}
          </button>
        )}
        {onHide && (
          <button type="button" className="jp-DataHub-link" onClick={onHide}>
            {trans.__('Hide')}
          </button>
        )}
        <details className="jp-DataHub-details">
          <summary>{trans.__('Details')}</summary>
          {tone === 'warning' && reason}
          <code>{details.join(' · ')}</code>
        </details>
      </div>
    </div>
  );
}

function isErrorBody(value: unknown): value is ErrorBody {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Error) &&
    'message' in value &&
    'hint' in value
  );
}
