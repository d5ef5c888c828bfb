import type { TranslationBundle } from '@jupyterlab/translation';

/** What a credentials file, or a token in it, says of itself; nobody has verified it. */
export interface IClaims {
  /** Scheme, host and port of the commons that issued it; empty where it does not say. */
  readonly issuer: string;
  /** ISO 8601; empty where it does not say. */
  readonly expires: string;
}

/** What can be seen of a key before anybody is asked. */
export interface IKey {
  /** What is wrong with it; empty where nothing is. */
  readonly problem: string;
  readonly claims: IClaims;
}

const NOTHING: IClaims = { issuer: '', expires: '' };

/** Read the text of a credentials.json; nothing of it is kept. */
export function readKey(text: string, trans: TranslationBundle): IKey {
  const wrong = (problem: string): IKey => ({ problem, claims: NOTHING });
  const document = parsed(text);
  const token = isRecord(document) ? document.api_key : undefined;
  if (typeof token !== 'string') {
    return wrong(trans.__('This is not the text of a credentials.json.'));
  }
  const claims = claimsOf(token);
  return claims
    ? { problem: '', claims }
    : wrong(trans.__('The key in it is not whole; choose the file again.'));
}

/** What a JSON web token says of itself; null for anything else. */
export function claimsOf(token: string): IClaims | null {
  const parts = token.trim().split('.');
  const payload = parts.length === 3 ? parsed(decoded(parts[1])) : null;
  if (!isRecord(payload)) {
    return null;
  }
  const { iss, exp } = payload;
  const seconds = Number(exp);
  return {
    issuer: typeof iss === 'string' ? originOf(iss) : '',
    expires:
      exp !== undefined && Math.abs(seconds) < 1e11
        ? new Date(seconds * 1000).toISOString()
        : ''
  };
}

/** Whether two addresses lead to the same server. */
export function sameServer(one: string, other: string): boolean {
  return originOf(one) !== '' && originOf(one) === originOf(other);
}

/** Scheme, host and port; empty for what is no web address. */
function originOf(url: string): string {
  try {
    const { protocol, origin } = new URL(url);
    return /^https?:$/.test(protocol) ? origin : '';
  } catch {
    return '';
  }
}

function decoded(part: string): string {
  try {
    const text = atob(part.replace(/-/g, '+').replace(/_/g, '/'));
    const bytes = Uint8Array.from(text, letter => letter.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return '';
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is { [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
