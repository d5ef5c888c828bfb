import type { TranslationBundle } from '@jupyterlab/translation';

import { asErrorBody } from '../api/errors';
import type {
  Connection,
  ConnectionKind,
  ConnectionRequest,
  ErrorBody
} from '../api/models';
import { readKey } from './key';
import { exampleOf, methodsOf, OPENBIS, type Method } from './kinds';
import { SYNAPSE } from './tokenWords';

/** Days a personal access token lives where nobody says otherwise. */
const TOKEN_DAYS = 30;

/** What is typed in the form of a connection. */
export interface IDraft {
  /** The name in the configuration; empty for a connection that is new. */
  readonly name: string;
  /** The kind of store. */
  readonly kind: string;
  readonly title: string;
  readonly url: string;
  readonly method: Method;
  readonly user: string;
  readonly password: string;
  readonly token: string;
  /** The text of a credentials file. */
  readonly key: string;
  /** The name of what another tool keeps. */
  readonly profile: string;
  readonly makeToken: boolean;
  readonly days: string;
  readonly verify: boolean;
  readonly caBundle: string;
}

export type Field = Exclude<keyof IDraft, 'name' | 'method'> | 'workspace';

/** What is wrong, by field; `form` is about all of it. */
export type Problems = { readonly [field in Field | 'form']?: ErrorBody };

export const EMPTY_DRAFT: IDraft = {
  name: '',
  kind: OPENBIS,
  title: '',
  url: '',
  method: 'password',
  user: '',
  password: '',
  token: '',
  key: '',
  profile: '',
  makeToken: true,
  days: String(TOKEN_DAYS),
  verify: true,
  caBundle: ''
};

/** What is different in the form of another kind of store. */
export function forKind(
  kind: string,
  kinds: readonly ConnectionKind[]
): Partial<IDraft> {
  const method = methodsOf(kind, kinds)[0] ?? 'token';
  // There is one Synapse; there are many of the others.
  return kind === SYNAPSE
    ? { kind, method, url: exampleOf(kind, kinds) }
    : { kind, method };
}

/** The form of a connection that exists, to connect anew. */
export function draftOf(
  connection: Connection,
  kinds: readonly ConnectionKind[]
): IDraft {
  return {
    ...EMPTY_DRAFT,
    ...forKind(connection.kind, kinds),
    name: connection.name,
    title: connection.title || connection.name,
    url: connection.url,
    user: connection.user,
    verify: connection.verify_tls,
    caBundle: connection.ca_bundle,
    makeToken: connection.method !== 'session'
  };
}

/** A name for the configuration, made of a title; unlike any of `taken`. */
export function nameFor(
  { title, kind }: IDraft,
  taken: readonly string[]
): string {
  const base =
    title
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || kind;
  let name = base;
  for (let number = 2; taken.includes(name); number++) {
    name = `${base}-${number}`;
  }
  return name;
}

/** An address as typed, with the scheme that most have. */
export function urlOf(text: string): string {
  const trimmed = text.trim();
  return trimmed && !/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)
    ? 'https://' + trimmed
    : trimmed;
}

export function requestOf(draft: IDraft): ConnectionRequest {
  const { kind, method } = draft;
  const makes = makesToken(draft);
  return {
    kind,
    title: draft.title.trim(),
    url: urlOf(draft.url),
    verify_tls: draft.verify,
    ca_bundle: draft.caBundle.trim(),
    user: method === 'password' ? draft.user.trim() : '',
    password: method === 'password' ? draft.password : '',
    token: method === 'token' || method === 'session' ? draft.token.trim() : '',
    key: method === 'key' ? draft.key.trim() : '',
    profile: method === 'profile' ? draft.profile : '',
    workspace: method === 'workspace',
    make_token: makes,
    token_days: makes ? Number(draft.days) : TOKEN_DAYS
  };
}

/** Whether a token is to be made of what is shown; only openBIS makes any. */
function makesToken({ kind, method, makeToken }: IDraft): boolean {
  return (
    kind === OPENBIS &&
    (method === 'password' || method === 'session') &&
    makeToken
  );
}

/** What can be seen to be wrong before anybody is asked. */
export function check(
  draft: IDraft,
  trans: TranslationBundle,
  example: string
): Problems {
  const problems: { [field in Field]?: ErrorBody } = {};
  const wrong = (field: Field, message: string): void => {
    problems[field] = {
      code: 'missing',
      message,
      hint: '',
      source: '',
      retry_after: null
    };
  };
  if (!draft.title.trim()) {
    wrong('title', trans.__('Give the connection a name.'));
  }
  if (!draft.url.trim()) {
    wrong(
      'url',
      draft.kind === OPENBIS
        ? trans.__('Enter the address of the openBIS server.')
        : trans.__('Enter the address of the server.')
    );
  } else if (!isWebAddress(urlOf(draft.url))) {
    wrong(
      'url',
      trans.__('This is no web address; one looks like %1.', example)
    );
  }
  switch (draft.method) {
    case 'password':
      if (!draft.user.trim()) {
        wrong('user', trans.__('Enter your user name.'));
      }
      if (!draft.password) {
        wrong('password', trans.__('Enter your password.'));
      }
      break;
    case 'key': {
      const { problem } = readKey(draft.key, trans);
      if (!draft.key.trim()) {
        wrong('key', trans.__('Choose or paste your credentials.json.'));
      } else if (problem) {
        wrong('key', problem);
      }
      break;
    }
    case 'profile':
      if (!draft.profile) {
        wrong('profile', trans.__('Choose a profile.'));
      }
      break;
    case 'token':
    case 'session':
      if (!draft.token.trim()) {
        wrong('token', trans.__('Paste the token.'));
      }
  }
  const days = Number(draft.days);
  if (
    makesToken(draft) &&
    !(Number.isInteger(days) && days >= 1 && days <= 3650)
  ) {
    wrong('days', trans.__('Enter a whole number of days.'));
  }
  return problems;
}

/** Put a failure beside what caused it, as far as that can be told. */
export function place(
  error: unknown,
  draft: IDraft,
  trans: TranslationBundle
): Problems {
  const body = asErrorBody(error, trans);
  const named = (body.fields ?? []).flatMap(({ field, message }) => {
    const known = FIELDS[field];
    return known ? [[known, { ...body, message, hint: '' }] as const] : [];
  });
  if (named.length > 0) {
    return Object.fromEntries(named);
  }
  return { [placeOf(body, draft)]: body };
}

function placeOf({ code, message }: ErrorBody, draft: IDraft): Field | 'form' {
  if (code === 'no_access' || code === 'expired') {
    return draft.method === 'session' ? 'token' : draft.method;
  }
  if (/certificate|TLS|CA bundle/i.test(message)) {
    return 'caBundle';
  }
  return ['unreachable', 'slow', 'bad_answer', 'not_found'].includes(code)
    ? 'url'
    : 'form';
}

/** The fields by the names that the server has for them. */
const FIELDS: { readonly [name: string]: Field } = {
  name: 'title',
  // The name of a field, which nobody reads.
  // eslint-disable-next-line jupyter/no-untranslated-string
  title: 'title',
  url: 'url',
  user: 'user',
  password: 'password',
  token: 'token',
  key: 'key',
  profile: 'profile',
  workspace: 'workspace',
  token_days: 'days',
  verify_tls: 'verify',
  ca_bundle: 'caBundle'
};

function isWebAddress(text: string): boolean {
  try {
    const { protocol, hostname } = new URL(text);
    return /^https?:$/.test(protocol) && hostname !== '';
  } catch {
    return false;
  }
}
