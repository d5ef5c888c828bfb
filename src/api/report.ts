import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { asErrorBody, CancelledError } from './errors';

/** Tell the user that something failed and what to do; what was called off is no failure. */
export function report(error: unknown, trans: TranslationBundle): void {
  if (error instanceof CancelledError) {
    return;
  }
  const { message, hint } = asErrorBody(error, trans);
  Notification.error([message, hint].filter(part => part).join(' '), {
    autoClose: false
  });
}
