import type { DataHubClient } from '../api/client';
import { conditions, toParams, type Condition, type Query } from './query';

/** Conditions looked at; more would be a list nobody reads. */
const MOST = 6;

/** A condition that can be dropped, and how many datasets there are without it. */
export type WayOut = {
  readonly condition: Condition;
  readonly total: number;
};

/**
 * Find the single conditions without which a query would have results, the best first.
 */
export async function waysOut(
  client: DataHubClient,
  query: Query,
  signal: AbortSignal
): Promise<WayOut[]> {
  const ways = await Promise.all(
    conditions(query)
      .slice(0, MOST)
      .map(async condition => {
        const params = toParams(condition.without, 0, 1);
        const { total } = await client.search(params, signal);
        return { condition, total };
      })
  );
  return ways.filter(way => way.total > 0).sort((a, b) => b.total - a.total);
}
