import type { TranslationBundle } from '@jupyterlab/translation';

import { asErrorBody } from '../api/errors';
import type {
  ErrorBody,
  Owner,
  SaveField,
  SaveForm,
  SaveRequest,
  SaveType
} from '../api/models';
import { isWrong } from './values';

/** A dataset that a notebook was made from. */
export interface IParent {
  readonly ref: string;
  readonly title: string;
}

/** What is typed in the form of a notebook that is saved. */
export interface IDraft {
  readonly source: string;
  readonly owner: Pick<Owner, 'ref' | 'identifier'> | null;
  /** What is typed for the owner, chosen or not. */
  readonly ownerText: string;
  readonly type: string;
  /** By code of a property; one with a single value has at most one. */
  readonly values: { readonly [code: string]: readonly string[] };
  readonly parents: readonly IParent[];
  /** Paths relative to the server's root. */
  readonly files: readonly string[];
  readonly html: boolean;
  readonly environment: boolean;
  readonly keepHistory: boolean;
}

/** What is wrong, by code of a property; also `owner`, `type`, `parents`, `files`. */
export type Problems = { readonly [field: string]: Problem };
type Problem = Pick<ErrorBody, 'message' | 'hint'>;

export const EMPTY_DRAFT: IDraft = {
  source: '',
  owner: null,
  ownerText: '',
  type: '',
  values: {},
  parents: [],
  files: [],
  html: true,
  environment: true,
  keepHistory: true
};

/** The kind of stores whose identifiers are those of buckets. */
const BUCKETS = 's3';
/** The types of openBIS for notebooks, and for results without one. */
const NOTEBOOK = 'ANALYSIS_NOTEBOOK';
const RESULT = 'ANALYZED_DATA';
/** The property that groups the versions of one notebook; the server fills it. */
const HISTORY = '$HISTORY_ID';
/** The property that most types show as the name of a dataset. */
const NAME = '$NAME';

/** The type that is chosen where nobody has: the server's own, else the first. */
function defaultType({ types }: SaveForm, plain = false): SaveType | null {
  const fit = plain ? types.filter(({ code }) => code !== NOTEBOOK) : types;
  return (
    fit.find(type => type.default) ??
    fit.find(({ code }) => plain && code === RESULT) ??
    fit[0] ??
    types[0] ??
    null
  );
}

export function typeOf(form: SaveForm, draft: IDraft): SaveType | null {
  return form.types.find(({ code }) => code === draft.type) ?? null;
}

/** The fields that a user fills in. */
export function fieldsOf(type: SaveType | null): SaveField[] {
  return (type?.fields ?? []).filter(({ code }) => code !== HISTORY);
}

/** The draft with a type chosen and what can be known filled in. */
export function withDefaults(
  draft: IDraft,
  form: SaveForm,
  notebook: string,
  plain = false
): IDraft {
  const type = typeOf(form, draft) ?? defaultType(form, plain);
  const named = draft.values[NAME] ?? [notebook.replace(/\.ipynb$/, '')];
  return {
    ...draft,
    type: type?.code ?? '',
    values: { ...draft.values, [NAME]: named }
  };
}

/** The datasets of a store among the refs of a notebook's inputs, each once. */
export function parentsOf(
  inputs: readonly { readonly ref: string; readonly title: string }[],
  kind: string,
  host: string
): IParent[] {
  const prefix = `openbis:${host}/`;
  const found = new Map<string, IParent>();
  for (const { ref, title } of inputs) {
    if (kind === BUCKETS) {
      if (ref.startsWith(`${BUCKETS}://`)) {
        found.set(ref, { ref, title: title || ref });
      }
    } else if (host && ref.startsWith(prefix)) {
      const [permId] = ref.slice(prefix.length).split('/');
      const parent = prefix + permId;
      if (permId && !found.has(parent)) {
        found.set(parent, { ref: parent, title: title || permId });
      }
    }
  }
  return [...found.values()];
}

/** A parent as somebody types it: a permId of openBIS, or a whole identifier. */
export function parentOf(
  text: string,
  kind: string,
  host: string
): IParent | null {
  const typed = text.trim();
  if (kind === BUCKETS) {
    return /^s3:\/\/[a-z0-9.-]+\/\S+$/.test(typed)
      ? { ref: typed, title: typed.split('/').pop() || typed }
      : null;
  }
  const prefix = `openbis:${host}/`;
  const permId = typed.startsWith(prefix) ? typed.slice(prefix.length) : typed;
  return /^\d+-\d+$/.test(permId)
    ? { ref: prefix + permId, title: permId }
    : null;
}

/** The host of a store, as its identifiers have it. */
export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return '';
  }
}

export function requestOf(
  draft: IDraft,
  form: SaveForm,
  notebook: string
): SaveRequest {
  const properties: SaveRequest['properties'] = {};
  for (const { code, multi_value } of fieldsOf(typeOf(form, draft))) {
    const values = (draft.values[code] ?? [])
      .map(value => value.trim())
      .filter(Boolean);
    if (values.length > 0) {
      properties[code] = multi_value ? values : values[0];
    }
  }
  return {
    source: draft.source,
    notebook,
    owner: draft.owner?.ref ?? '',
    type: draft.type,
    properties,
    parents: draft.parents.map(({ ref }) => ref),
    files: [...draft.files],
    html: draft.html,
    environment: draft.environment,
    keep_history: draft.keepHistory
  };
}

/** All that can be seen to be wrong before the store is asked. */
export function check(
  draft: IDraft,
  form: SaveForm,
  trans: TranslationBundle
): Problems {
  const problems: { [field: string]: Problem } = {};
  if (!draft.owner) {
    problems.owner = {
      message: draft.ownerText.trim()
        ? trans.__('Choose one of the owners that are offered.')
        : trans.__('Choose where it belongs.'),
      hint: ''
    };
  }
  if (!draft.type) {
    problems.type = { message: trans.__('Choose a type.'), hint: '' };
  }
  for (const field of fieldsOf(typeOf(form, draft))) {
    const values = (draft.values[field.code] ?? []).filter(value =>
      value.trim()
    );
    const wrong = values
      .map(value => isWrong(value, field, trans))
      .find(words => words);
    if (wrong) {
      problems[field.code] = { message: wrong, hint: '' };
    } else if (field.mandatory && values.length === 0) {
      problems[field.code] = {
        message: trans.__('%1 is needed.', field.label || field.code),
        hint: ''
      };
    }
  }
  return problems;
}

/** What the server says is wrong, each beside its field; `form` is about all of it. */
export function problemsOf(
  error: unknown,
  form: SaveForm | null,
  draft: IDraft,
  trans: TranslationBundle
): Problems {
  const body = asErrorBody(error, trans);
  const places = [
    ...fieldsOf(form && typeOf(form, draft)).map(({ code }) => code),
    ...['owner', 'type', 'parents', 'files']
  ];
  const problems: { [field: string]: Problem } = {};
  const elsewhere: string[] = [];
  for (const { field, message } of body.fields ?? []) {
    const place = places.find(
      each => each.toLowerCase() === field.toLowerCase()
    );
    if (place) {
      problems[place] = { message, hint: '' };
    } else {
      elsewhere.push(field ? `${field}: ${message}` : message);
    }
  }
  if (!body.fields?.length) {
    problems.form = body;
  } else if (elsewhere.length > 0) {
    problems.form = { message: elsewhere.join(' '), hint: '' };
  }
  return problems;
}
