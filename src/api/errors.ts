import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cost, ErrorBody, FieldError } from './models';

/**
 * A request that did not give what was asked, in words for the person in front of the screen.
 */
export class DataHubError extends Error {
  constructor(
    readonly body: ErrorBody,
    readonly status = 0,
    readonly details = ''
  ) {
    super(body.message);
    this.name = 'DataHubError';
  }

  get code(): string {
    return this.body.code;
  }

  get source(): string {
    return this.body.source;
  }

  get hint(): string {
    return this.body.hint;
  }

  /**
   * Seconds after which another try makes sense, null where nobody can tell.
   */
  get retryAfter(): number | null {
    return this.body.retry_after;
  }
}

/**
 * A request that was called off by ourselves; nothing to show.
 */
export class CancelledError extends Error {
  constructor() {
    super('cancelled');
    this.name = 'CancelledError';
  }
}

/**
 * The error of a server that gave no answer at all.
 */
export function unreachable(
  trans: TranslationBundle,
  cause: unknown
): DataHubError {
  return new DataHubError(
    {
      code: 'server_unreachable',
      message: trans.__('The Jupyter server does not answer.'),
      source: '',
      hint: trans.__('Check that it still runs and that you are online.'),
      retry_after: null
    },
    0,
    cause instanceof Error ? cause.message : String(cause)
  );
}

/**
 * The error a response carries, whatever its body looks like.
 *
 * A proxy or a server without our extension answers with something else than our JSON.
 */
export function fromResponse(
  trans: TranslationBundle,
  response: Response,
  text: string
): DataHubError {
  const body = parseBody(text);
  if (body) {
    return new DataHubError(body, response.status);
  }
  const { status } = response;
  const known: { [status: number]: [string, string] } = {
    403: [
      trans.__('The Jupyter server did not accept who you are.'),
      trans.__('Reload the page and log in again.')
    ],
    404: [
      trans.__('The server part of DataHub does not answer.'),
      trans.__(
        'Check with “jupyter server extension list” that jupyterlab_datahub is enabled.'
      )
    ]
  };
  const [message, hint] = known[status] ?? [
    trans.__('The Jupyter server failed with status %1.', status),
    trans.__('Try again; the log of the server tells more.')
  ];
  return new DataHubError(
    { code: 'http_' + status, message, source: '', hint, retry_after: null },
    status,
    response.statusText
  );
}

/**
 * Anything thrown as the body of an error, so that a panel has one shape to show.
 */
export function asErrorBody(
  error: unknown,
  trans: TranslationBundle
): ErrorBody {
  if (error instanceof DataHubError) {
    return error.body;
  }
  return {
    code: 'unexpected',
    message: error instanceof Error ? error.message : String(error),
    source: '',
    hint: trans.__('Try again; if it stays, reload the page.'),
    retry_after: null
  };
}

function parseBody(text: string): ErrorBody | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(document) || !isRecord(document.error)) {
    return null;
  }
  const { code, message, source, hint, retry_after } = document.error;
  const { fields, cost, position } = document.error;
  if (typeof message !== 'string') {
    return null;
  }
  return {
    code: typeof code === 'string' ? code : 'error',
    message,
    source: typeof source === 'string' ? source : '',
    hint: typeof hint === 'string' ? hint : '',
    retry_after: typeof retry_after === 'number' ? retry_after : null,
    ...(Array.isArray(fields) ? { fields: fields.filter(isFieldError) } : {}),
    ...(isCost(cost) ? { cost } : {}),
    ...(typeof position === 'number' ? { position } : {})
  };
}

function isFieldError(value: unknown): value is FieldError {
  return (
    isRecord(value) &&
    typeof value.field === 'string' &&
    typeof value.message === 'string'
  );
}

function isCost(value: unknown): value is Cost {
  // Several files may have several prices.
  return (
    isRecord(value) &&
    (typeof value.usd_per_gb === 'number' || value.usd_per_gb === null)
  );
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}
