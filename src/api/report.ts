import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { asErrorBody, CancelledError } from './errors';
import { errorSentences } from './sentences';

/** Tell the user that something failed and what to do; what was called off is no failure. */
export function report(error: unknown, trans: TranslationBundle): void {
  if (error instanceof CancelledError) {
    return;
  }
  Notification.error(errorSentences(asErrorBody(error, trans)), {
    autoClose: false
  });
}
