import type { TranslationBundle } from '@jupyterlab/translation';

import type { Connection } from '../api/models';
import { formatAbsolute, formatRelative } from '../browser/format';

export function connectionTitle({ name, title }: Connection): string {
  return title || name;
}

/** What the server calls a token that outlives sessions. */
const PAT = 'personal access token';
/** What it calls the key of a credentials file. */
const KEY = 'API key';

/** Whether a store lets us in, in a few words: "connected as ada". */
export function stateWords(
  { state, user, method, anonymous }: Connection,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'connected':
      return user ? trans.__('connected as %1', user) : trans.__('connected');
    case 'expired':
      if (method === KEY) {
        return trans.__('key no longer valid');
      }
      return method === PAT
        ? trans.__('token no longer valid')
        : trans.__('session expired');
    case 'disconnected':
      return anonymous
        ? trans.__('not connected, open data only')
        : trans.__('not connected');
    case 'error':
      return trans.__('cannot be used');
  }
}

/** How long, with what and where kept: "personal access token until …, in the keyring". */
export function secretWords(
  { state, method, expires, kept }: Connection,
  trans: TranslationBundle
): string {
  if (state === 'disconnected') {
    return '';
  }
  const over = expires !== '' && Date.parse(expires) < Date.now();
  const parts = [
    method,
    over && trans.__('expired %1', formatRelative(expires)),
    // A token that was revoked is over before its time.
    expires &&
      !over &&
      state !== 'expired' &&
      trans.__('valid until %1', formatAbsolute(expires)),
    kept && trans.__('kept %1', kept)
  ];
  return parts.filter(Boolean).join(' · ');
}

/** Who named the store, where it is not the user here. */
export function originWords(
  { configured_by, editable }: Connection,
  trans: TranslationBundle
): string {
  return configured_by && !editable
    ? trans.__('set up by %1', configured_by)
    : '';
}
