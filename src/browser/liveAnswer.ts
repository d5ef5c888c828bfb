import type { Facet, Hit, RangeFacet, SearchResult } from '../api/models';
import type { IAsked } from './liveStores';

/** What one store has answered to the query of the moment. */
export interface ILiveAnswer {
  readonly source: string;
  readonly title: string;
  readonly total: number;
  readonly hits: readonly Hit[];
  readonly facets: readonly Facet[];
  /** The rest of the answer; null before the first one to this query. */
  readonly result: Omit<SearchResult, 'hits' | 'facets'> | null;
  /** Numbers that it can be narrowed by, and what it can be searched for. */
  readonly ranges: readonly RangeFacet[];
  readonly entities: SearchResult['entities'];
  /** What it is searched for; empty before it has said. */
  readonly entity: string;
  readonly loading: boolean;
  /** Seconds that it has been waited for, 0 where that is not long. */
  readonly waited: number;
  readonly error: unknown;
  /** Names of filters that the store does not know, so that it was not asked. */
  readonly unknown: readonly string[];
  /** Whether its rows show; otherwise it only counts. */
  readonly shown: boolean;
}

/** What is known of a store before it answers. */
interface IBefore {
  /** What it answered to the query before. */
  readonly last: ILiveAnswer | undefined;
  /** What it is to be searched for; empty: what it was before. */
  readonly entity: string;
  readonly unknown: readonly string[];
  readonly shown: boolean;
}

/** The place of an answer; what a store offered last stays there, so that nothing jumps. */
export function unanswered(
  { name, title }: IAsked,
  { last, entity, unknown, shown }: IBefore
): ILiveAnswer {
  return {
    source: name,
    title,
    total: 0,
    hits: [],
    facets: last?.facets ?? [],
    result: null,
    ranges: last?.ranges ?? [],
    entities: last?.entities ?? [],
    entity: entity || last?.entity || '',
    loading: unknown.length === 0,
    waited: 0,
    error: null,
    unknown,
    shown
  };
}

/**
 * The answers with that of a store put behind those that are there already.
 *
 * Rows that somebody reads stay where they are when a later answer comes.
 */
export function arrived(
  answers: readonly ILiveAnswer[],
  source: string
): readonly ILiveAnswer[] {
  const place = ({ source: name, result }: ILiveAnswer): number =>
    result !== null ? 0 : name === source ? 1 : 2;
  return [...answers].sort((one, other) => place(one) - place(other));
}

/** Whether a store has answered that it has nothing of that kind. */
export function isEmpty(answer: ILiveAnswer): boolean {
  const { total, hits, loading, error, unknown } = answer;
  return (
    !loading &&
    error === null &&
    unknown.length === 0 &&
    total === 0 &&
    hits.length === 0
  );
}
