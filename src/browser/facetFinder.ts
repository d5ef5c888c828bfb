import type { DataHubClient } from '../api/client';
import type { Facet, FacetValue } from '../api/models';
import type { LiveModel } from './liveModel';
import { asked } from './liveStores';
import { forCatalogs, toParams, type Query } from './query';
import { foldedValues } from './spellings';

/** Finds values of a facet by a part of their names, also those too rare to be listed. */
export type FindValues = (
  facet: string,
  text: string,
  signal: AbortSignal
) => Promise<readonly FacetValue[]>;

/** Look for values wherever the list of them was cut short; who does not answer is left out. */
export function valueFinder(
  client: Pick<DataHubClient, 'search' | 'searchSource'>,
  live: Pick<LiveModel, 'answers' | 'only'>,
  query: Query
): FindValues {
  return async (facet, text, signal) => {
    const { only } = live;
    const cut = (facets: readonly Facet[]): boolean =>
      facets.some(({ name, more }) => name === facet && more > 0);
    const stores = only
      ? [only]
      : live.answers.filter(({ shown, facets }) => shown && cut(facets));
    const asks = stores.map(({ source, entity }) => {
      const params = finding(asked(query), facet, text);
      if (only && entity) {
        params.set('entity', entity);
      }
      return client.searchSource(source, params, signal);
    });
    if (!only) {
      asks.push(
        client.search(finding(forCatalogs(query), facet, text), signal)
      );
    }
    const answers = await Promise.allSettled(asks);
    const told = answers.flatMap(answer =>
      answer.status === 'fulfilled' ? answer.value.facets : []
    );
    if (answers.every(({ status }) => status === 'rejected')) {
      throw (answers[0] as PromiseRejectedResult).reason;
    }
    return foldedValues(
      told.filter(({ name }) => name === facet).flatMap(({ values }) => values)
    );
  };
}

function finding(query: Query, facet: string, text: string): URLSearchParams {
  const params = toParams(query, 0, 1);
  params.set('find', `${facet}=${text}`);
  return params;
}
