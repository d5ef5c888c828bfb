import type { TranslationBundle } from '@jupyterlab/translation';

import type { SaveField } from '../api/models';

/** How the value of a data type is entered. */
export type Entry =
  | 'text'
  | 'lines'
  | 'integer'
  | 'real'
  | 'boolean'
  | 'date'
  | 'time'
  | 'choice'
  | 'object'
  | 'link';

/** Stands for a date that is begun, or that no calendar has; no value of a store is like it. */
export const UNFINISHED = '…';

/** How the types of several values in one begin (openBIS 7). */
const ARRAY = 'ARRAY_';

const ENTRIES: { readonly [type: string]: Entry } = {
  MULTILINE_VARCHAR: 'lines',
  XML: 'lines',
  JSON: 'lines',
  INTEGER: 'integer',
  REAL: 'real',
  BOOLEAN: 'boolean',
  DATE: 'date',
  TIMESTAMP: 'time',
  CONTROLLEDVOCABULARY: 'choice',
  OBJECT: 'object',
  SAMPLE: 'object',
  HYPERLINK: 'link'
};

export function entryOf({ data_type }: Pick<SaveField, 'data_type'>): Entry {
  return ENTRIES[data_type] ?? 'text';
}

/** How a value is written, where its control does not show that; empty where it does. */
export function hintOf(
  { data_type }: Pick<SaveField, 'data_type'>,
  trans: TranslationBundle
): string {
  if (data_type.startsWith(ARRAY)) {
    return trans.__('Several values with commas between them');
  }
  const hints: { readonly [type: string]: string } = {
    XML: trans.__('XML'),
    JSON: trans.__('JSON'),
    MATERIAL: trans.__('The code of a material with its type in brackets'),
    TIMESTAMP: trans.__('In the time zone of the store')
  };
  return hints[data_type] ?? '';
}

/** What a value looks like, in its own notation. */
export function patternOf({
  data_type
}: Pick<SaveField, 'data_type'>): string | undefined {
  const patterns: { readonly [type: string]: string } = {
    HYPERLINK: 'https://…',
    MATERIAL: 'CODE (TYPE)'
  };
  return patterns[data_type];
}

/** The value of a field for a moment, as openBIS reads it: "2026-11-21 07:05:00". */
export function fromLocalTime(value: string): string {
  if (!value) {
    return '';
  }
  const [date, time = '00:00'] = value.split('T');
  return `${date} ${time.length === 5 ? time + ':00' : time.slice(0, 8)}`;
}

/** The value of a field for a moment, as the browser's control reads it. */
export function toLocalTime(value: string): string {
  return value.replace(' ', 'T');
}

/** What is wrong with a value; empty where nothing is. */
export function isWrong(
  value: string,
  field: Pick<SaveField, 'data_type' | 'choices'>,
  trans: TranslationBundle
): string {
  const text = value.trim();
  const { data_type } = field;
  if (value === UNFINISHED) {
    return trans.__('This date is not complete, or in no calendar.');
  }
  if (data_type.startsWith(ARRAY)) {
    const each = { ...field, data_type: data_type.slice(ARRAY.length) };
    const wrong = text
      .replace(/^\[|\]$/g, '')
      .split(',')
      .filter(part => part.trim())
      .map(part => isWrong(part, each, trans));
    return wrong.find(words => words) ?? '';
  }
  if (data_type === 'XML') {
    return isXml(text) ? '' : trans.__('This is no well-formed XML.');
  }
  if (data_type === 'JSON') {
    return isJson(text) ? '' : trans.__('This is no JSON.');
  }
  if (data_type === 'MATERIAL') {
    return /^[^\s()]+ \([^\s()]+\)$/.test(text)
      ? ''
      : trans.__('“%1” is no material; write it like CODE (TYPE).', text);
  }
  switch (entryOf(field)) {
    case 'integer':
      return /^[+-]?\d+$/.test(text)
        ? ''
        : trans.__('“%1” is no whole number.', text);
    case 'real':
      return text !== '' && Number.isFinite(Number(text))
        ? ''
        : trans.__('“%1” is no number; write it like 0.5 or 1e-3.', text);
    case 'date':
      return isDate(text)
        ? ''
        : trans.__('“%1” is no date; write it like 2026-11-21.', text);
    case 'time':
      return isDate(text.slice(0, 10))
        ? ''
        : trans.__(
            '“%1” is no date with time; write it like 2026-11-21 07:05:00.',
            text
          );
    case 'choice':
      return field.choices.length === 0 ||
        field.choices.some(({ code }) => code === text)
        ? ''
        : trans.__('“%1” is none of the terms. Choose one of the list.', text);
    case 'link':
      return /^(https?|ftp):\/\/\S+$/i.test(text)
        ? ''
        : trans.__('“%1” is no link; one begins with https://.', text);
    default:
      return '';
  }
}

function isXml(text: string): boolean {
  const read = new DOMParser().parseFromString(text, 'application/xml');
  return read.querySelector('parsererror') === null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isDate(text: string): boolean {
  const date = new Date(text + 'T00:00:00Z');
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(date.getTime()) &&
    date.toISOString().startsWith(text)
  );
}
