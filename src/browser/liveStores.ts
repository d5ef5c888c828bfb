import type { Connection, SourceStatus } from '../api/models';
import { connectionTitle } from '../connections/words';
import type { Query } from './query';

/** A store that is asked. */
export interface IAsked {
  readonly name: string;
  readonly title: string;
  /** Who we are there; empty: nobody. */
  readonly user: string;
  /** Whether it tells something to everybody. */
  readonly open: boolean;
}

/** The stores that tell us something: those that let us in, then those open to everybody. */
export function storesOf(
  sources: readonly SourceStatus[],
  connected: readonly Connection[]
): readonly IAsked[] {
  const stores = new Map<string, IAsked>();
  for (const { name, title, live, login } of sources) {
    if (live && !login) {
      stores.set(name, { name, title: title || name, user: '', open: true });
    }
  }
  for (const connection of connected) {
    const { name, user } = connection;
    const title = connectionTitle(connection);
    stores.set(name, { name, title, user, open: stores.has(name) });
  }
  return [...stores.values()].sort(
    (one, other) =>
      Number(one.open) - Number(other.open) ||
      one.title.localeCompare(other.title)
  );
}

/** Whether the rows of a store show: by its chip, or as something is searched everywhere. */
export function isWanted(name: string, query: Query): boolean {
  const { source } = query.facets;
  return source ? source.includes(name) : isSearched(query);
}

/**
 * Whether a store is asked.
 *
 * One that is open to everybody counts before anything is searched, and each counts beside the one
 * that is chosen: what its chip says does not depend on which chips are chosen.
 */
export function isAsked({ name, open }: IAsked, query: Query): boolean {
  return isWanted(name, query) || open || isSearched(query);
}

/** Whether there is a condition beside the choice of Sources. */
function isSearched({ text, facets, ranges }: Query): boolean {
  const { source: _, ...others } = facets;
  return (
    text.trim() !== '' ||
    Object.keys(others).length + Object.keys(ranges).length > 0
  );
}

/** The query without the choice of Sources, which is made by asking this one. */
export function asked(query: Query): Query {
  const { source: _, ...facets } = query.facets;
  return { ...query, facets };
}
