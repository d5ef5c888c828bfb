import type { Range } from '../api/models';

/**
 * What the user asks for, without the place in the list.
 *
 * Values of one facet are alternatives, facets and ranges are conditions that all hold.
 */
export type Query = {
  readonly text: string;
  readonly facets: { readonly [name: string]: readonly string[] };
  readonly ranges: { readonly [name: string]: Range };
  readonly sort: string;
};

export const EMPTY_QUERY: Query = {
  text: '',
  facets: {},
  ranges: {},
  sort: 'relevance'
};

/** The orders of a result list; a leading minus puts the largest first. */
export const SORTS = [
  'relevance',
  '-date',
  '-cells',
  'cells',
  'size',
  '-size',
  'title'
] as const;

export type Sort = (typeof SORTS)[number];

/** What can be limited by a smallest and a largest number. */
export const RANGES = ['cells', 'size', 'year'] as const;

export type RangeName = (typeof RANGES)[number];

/** Facets that mean the same in every Source. */
export const SHARED_FACETS: readonly string[] = [
  'organism',
  'tissue',
  'disease',
  'assay',
  'cell_type',
  'sex',
  'development_stage',
  'access',
  'format',
  'year'
];

/** One condition of a query and the query without it. */
export type Condition = {
  readonly kind: 'text' | 'value' | 'range';
  /** Name of the facet or range; empty for the text. */
  readonly name: string;
  readonly value: string;
  readonly range: Range | null;
  readonly without: Query;
};

/** The query as the server reads it. */
export function toParams(
  query: Query,
  offset: number,
  limit: number
): URLSearchParams {
  const params = new URLSearchParams();
  if (query.text.trim()) {
    params.set('text', query.text.trim());
  }
  for (const [name, values] of Object.entries(query.facets)) {
    values.forEach(value => params.append('facet', `${name}=${value}`));
  }
  for (const [name, { min, max }] of Object.entries(query.ranges)) {
    params.append('range', `${name}=${min ?? ''}..${max ?? ''}`);
  }
  params.set('sort', query.sort);
  params.set('offset', String(offset));
  params.set('limit', String(limit));
  return params;
}

/** A value without what Sources write differently. */
export function folded(value: string): string {
  return value.trim().toLowerCase();
}

/** The query with a value of a facet chosen, or no longer chosen, however it is written. */
export function toggleValue(query: Query, facet: string, value: string): Query {
  const chosen = query.facets[facet] ?? [];
  const isOther = (each: string): boolean =>
    facet === 'source' ? each !== value : folded(each) !== folded(value);
  return withValues(
    query,
    facet,
    chosen.every(isOther) ? [...chosen, value] : chosen.filter(isOther)
  );
}

/** The query with a Source chosen, or no longer; numbers of one Source alone go with the choice. */
export function toggleSource(query: Query, source: string): Query {
  const shared = Object.entries(query.ranges).filter(([name]) =>
    (RANGES as readonly string[]).includes(name)
  );
  const ranges = Object.fromEntries(shared);
  return toggleValue({ ...query, ranges }, 'source', source);
}

/** The query without numbers that only some Source knows, as the catalogs here are asked. */
export function forCatalogs(query: Query): Query {
  return { ...query, ranges: toggleSource(query, '').ranges };
}

/** The query with just these values of a facet chosen. */
function withValues(
  query: Query,
  facet: string,
  values: readonly string[]
): Query {
  const { [facet]: _, ...others } = query.facets;
  return {
    ...query,
    facets: values.length ? { ...others, [facet]: values } : others
  };
}

/** The query with a range; one that is open at both ends is none. */
export function withRange(query: Query, name: string, range: Range): Query {
  const { [name]: _, ...others } = query.ranges;
  const open = (range.min ?? range.max ?? null) === null;
  return { ...query, ranges: open ? others : { ...others, [name]: range } };
}

/** The query without any condition, in the same order. */
export function withoutConditions(query: Query): Query {
  return { ...EMPTY_QUERY, sort: query.sort };
}

/** All conditions, the text first. */
export function conditions(query: Query): Condition[] {
  const found: Condition[] = [];
  if (query.text.trim()) {
    found.push({
      kind: 'text',
      name: '',
      value: query.text.trim(),
      range: null,
      without: { ...query, text: '' }
    });
  }
  return [...found, ...filters(query)];
}

/** The conditions that show as tags: chosen values and ranges. */
export function filters(query: Query): Condition[] {
  const values = Object.entries(query.facets).flatMap(([name, chosen]) =>
    chosen.map(value => ({
      kind: 'value' as const,
      name,
      value,
      range: null,
      without: toggleValue(query, name, value)
    }))
  );
  const ranges = Object.entries(query.ranges).map(([name, range]) => ({
    kind: 'range' as const,
    name,
    value: '',
    range,
    without: withRange(query, name, { min: null, max: null })
  }));
  return [...values, ...ranges];
}

/** Read a query that was kept as JSON; what does not fit is left out. */
export function readQuery(value: unknown): Query {
  if (!isRecord(value)) {
    return EMPTY_QUERY;
  }
  let query = EMPTY_QUERY;
  if (typeof value.text === 'string') {
    query = { ...query, text: value.text };
  }
  if (typeof value.sort === 'string' && SORTS.includes(value.sort as Sort)) {
    query = { ...query, sort: value.sort };
  }
  for (const [name, chosen] of entries(value.facets)) {
    if (Array.isArray(chosen)) {
      const texts = chosen.filter(
        (each): each is string => typeof each === 'string'
      );
      query = withValues(query, name, texts);
    }
  }
  for (const [name, range] of entries(value.ranges)) {
    if (isRecord(range)) {
      query = withRange(query, name, {
        min: typeof range.min === 'number' ? range.min : null,
        max: typeof range.max === 'number' ? range.max : null
      });
    }
  }
  return query;
}

function entries(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}
