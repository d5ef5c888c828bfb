import { nameText, valueText } from './tokens';

/** A point of an embedding, in its coordinates. */
export type Place = readonly [number, number];
/** The corners of a region of an embedding, three or more. */
export type Polygon = readonly Place[];

export type Value = string | boolean;

/** Cells that have one of some values, or none where `missing`; with `not` all others. */
export interface IValuesFilter {
  readonly kind: 'values';
  readonly column: string;
  readonly values: readonly Value[];
  readonly missing: boolean;
  readonly not: boolean;
}

/** An end of a range, which an `open` one does not have in it. */
export interface IBound {
  readonly at: number;
  readonly open: boolean;
}

/** Cells whose number is in a range. */
export interface IRangeFilter {
  readonly kind: 'range';
  readonly column: string;
  readonly low: IBound | null;
  readonly high: IBound | null;
}

/** Cells that are in one of some regions of an embedding; with `not` all others. */
export interface IRegionsFilter {
  readonly kind: 'regions';
  readonly embedding: string;
  readonly polygons: readonly Polygon[];
  readonly not: boolean;
}

/** What somebody wrote, and nothing here understands. */
export interface IExpressionFilter {
  readonly kind: 'expression';
  readonly text: string;
}

export type Filter =
  IValuesFilter | IRangeFilter | IRegionsFilter | IExpressionFilter;

/** The expression that says the same as some filters, all of which hold. */
export function whereOf(filters: readonly Filter[]): string {
  const parts = filters.map(textOf).filter(Boolean);
  return filters.length === 1 && filters[0].kind === 'expression'
    ? filters[0].text
    : parts.join(' and ');
}

/** The filters with one in place of another, or beside all others where it is new. */
export function replaced(
  filters: readonly Filter[],
  known: Filter | null,
  next: Filter | null
): Filter[] {
  const place = known === null ? -1 : filters.indexOf(known);
  if (place < 0) {
    return next ? [...filters, next] : [...filters];
  }
  return [
    ...filters.slice(0, place),
    ...(next ? [next] : []),
    ...filters.slice(place + 1)
  ];
}

/** The filter of the values of a column, null where there is none. */
export function valuesOf(
  filters: readonly Filter[],
  column: string
): IValuesFilter | null {
  return (
    filters.find(
      (filter): filter is IValuesFilter =>
        filter.kind === 'values' && filter.column === column
    ) ?? null
  );
}

/** The filter of the numbers of a column, null where there is none. */
export function rangeOf(
  filters: readonly Filter[],
  column: string
): IRangeFilter | null {
  return (
    filters.find(
      (filter): filter is IRangeFilter =>
        filter.kind === 'range' && filter.column === column
    ) ?? null
  );
}

/** The filter of regions of an embedding, null where there is none. */
export function regionsOf(
  filters: readonly Filter[],
  embedding: string
): IRegionsFilter | null {
  return (
    filters.find(
      (filter): filter is IRegionsFilter =>
        filter.kind === 'regions' && filter.embedding === embedding
    ) ?? null
  );
}

/** What is clicked: a value, or null for cells that have none. */
export type Clicked = Value | null;

/**
 * The filters after a click on a value of a column: it is wanted, or not any more.
 *
 * @param not - Whether cells with it are to be left out.
 * @param complete - Whether each cell has a value, so that nobody asks for those without.
 */
export function toggled(
  filters: readonly Filter[],
  column: string,
  clicked: Clicked,
  not: boolean,
  complete: boolean
): Filter[] {
  const known = valuesOf(filters, column);
  if (!known || known.not !== not) {
    return replaced(filters, known, {
      kind: 'values',
      column,
      values: clicked === null ? [] : [clicked],
      missing: clicked === null || (not && complete),
      not
    });
  }
  const has = isChosen(known, clicked);
  const next: IValuesFilter =
    clicked === null
      ? { ...known, missing: !has }
      : {
          ...known,
          values: has
            ? known.values.filter(value => value !== clicked)
            : [...known.values, clicked]
        };
  const empty =
    next.values.length === 0 && (!next.missing || (not && complete));
  return replaced(filters, known, empty ? null : next);
}

/** Whether a filter names a value, be it to have it or to leave it out. */
export function isChosen(
  filter: IValuesFilter | null,
  value: Clicked
): boolean {
  if (!filter) {
    return false;
  }
  return value === null ? filter.missing : filter.values.includes(value);
}

/** Whether cells with a value pass a filter. */
export function passes(filter: IValuesFilter, value: Clicked): boolean {
  return isChosen(filter, value) !== filter.not;
}

function textOf(filter: Filter): string {
  switch (filter.kind) {
    case 'values':
      return valuesText(filter);
    case 'range':
      return rangeText(filter);
    case 'regions':
      return regionsText(filter);
    default:
      return filter.text.trim() ? `(${filter.text})` : '';
  }
}

/** Comparisons with what is missing are false, so that "not in" leaves that out as well. */
function valuesText({ column, values, missing, not }: IValuesFilter): string {
  const name = nameText(column);
  if (values.length === 0) {
    return `${not ? 'not ' : ''}missing(${name})`;
  }
  if (values.length === 1 && values[0] === true && !missing) {
    return `${not ? 'not ' : ''}${name}`;
  }
  const list = values.map(valueText).join(', ');
  const one = values.length === 1;
  if (not && missing) {
    return one ? `${name} != ${list}` : `${name} not in [${list}]`;
  }
  const positive = one ? `${name} == ${list}` : `${name} in [${list}]`;
  if (not) {
    return `not ${positive}`;
  }
  return missing ? `(${positive} or missing(${name}))` : positive;
}

function rangeText({ column, low, high }: IRangeFilter): string {
  const name = nameText(column);
  if (low && high) {
    const [from, to] = [low, high].map(({ open }) => (open ? '<' : '<='));
    return `${low.at} ${from} ${name} ${to} ${high.at}`;
  }
  if (low) {
    return `${name} ${low.open ? '>' : '>='} ${low.at}`;
  }
  return high ? `${name} ${high.open ? '<' : '<='} ${high.at}` : '';
}

function regionsText({ embedding, polygons, not }: IRegionsFilter): string {
  const parts = polygons.map(
    polygon =>
      `within(${nameText(embedding)}, ${polygon
        .map(([x, y]) => `(${x}, ${y})`)
        .join(', ')})`
  );
  const text = parts.length === 1 ? parts[0] : `(${parts.join(' or ')})`;
  return not ? `not ${text}` : text;
}
