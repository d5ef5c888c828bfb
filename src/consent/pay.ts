import type { TranslationBundle } from '@jupyterlab/translation';

import { DataHubError } from '../api/errors';
import type { Cost } from '../api/models';

/** Begins something, with a limit in USD where one is given. */
export type Begin<T> = (limit?: number) => Promise<T>;

/**
 * Begins something that may cost money; gives null where the user did not agree to pay.
 *
 * @param title - What people know it as; empty: as the server calls it.
 */
export type Pay = <T>(title: string, begin: Begin<T>) => Promise<T | null>;

/** What an error says that something costs, null where it is about something else. */
export function costOf(error: unknown): Cost | null {
  return error instanceof DataHubError && error.code === 'consent'
    ? (error.body.cost ?? null)
    : null;
}

/** Begin something; where that costs money, ask for a limit and begin again with it. */
export function payer(trans: TranslationBundle): Pay {
  return async (title, begin) => {
    try {
      return await begin();
    } catch (error) {
      const cost = costOf(error);
      if (cost === null) {
        throw error;
      }
      const { askForLimit } = await import('./dialog');
      return askForLimit(title, cost, begin, trans);
    }
  };
}
