import type { SearchResult } from '../api/models';

/** What of an answer a reader would see change; the library is told of elsewhere. */
export function fingerprint(result: SearchResult): string {
  const { total, summary, facets, hits } = result;
  const rows = hits.map(hit => ({
    ...hit,
    in_library: null,
    newer_than_library: null
  }));
  return JSON.stringify([total, summary, facets, rows]);
}
