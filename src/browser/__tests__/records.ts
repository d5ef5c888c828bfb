import type { Facet, Hit, SearchResult, SourceStatus } from '../../api/models';

/** A hit of a result list. */
export function hit(number: number, change: Partial<Hit> = {}): Hit {
  return {
    ref: `cellxgene:v${number}`,
    id: String(number),
    source: 'cellxgene',
    kind: 'cellxgene',
    title: `Dataset ${number}`,
    collection: 'An atlas',
    organism: ['Homo sapiens'],
    tissue: ['lung'],
    disease: ['normal'],
    assay: ["10x 3' v3"],
    cells: 65_847,
    size: 1_400_000_000,
    format: 'h5ad',
    loads_as_anndata: true,
    stories: 0,
    access: 'open',
    date: '2026-06-11',
    in_library: false,
    newer_than_library: false,
    entity: '',
    exports: [],
    ...change
  };
}

export function facet(
  name: string,
  values: readonly string[],
  change: Partial<Facet> = {}
): Facet {
  return {
    name,
    title: name[0].toUpperCase() + name.slice(1),
    group: '',
    values: values.map((value, index) => ({
      value,
      count: 1000 - index,
      selected: false
    })),
    more: 0,
    ...change
  };
}

export function source(change: Partial<SourceStatus> = {}): SourceStatus {
  return {
    name: 'cellxgene',
    title: 'CELLxGENE',
    kind: 'cellxgene',
    url: '',
    state: 'ready',
    datasets: 2127,
    matches: null,
    harvested: '2026-11-21T10:00:00Z',
    progress: '',
    error: null,
    live: false,
    login: false,
    ...change
  };
}

/** A page of a result list whose hits are numbered through. */
export function searchResult(
  total: number,
  offset = 0,
  limit = 60,
  change: Partial<SearchResult> = {}
): SearchResult {
  const size = Math.max(0, Math.min(limit, total - offset));
  return {
    total,
    hits: Array.from({ length: size }, (_, index) => hit(offset + index)),
    facets: [
      facet('organism', ['Homo sapiens', 'Mus musculus']),
      facet('tissue', ['lung', 'blood', 'heart'])
    ],
    summary: {
      datasets: total,
      cells: 31_200_000,
      bytes: 1.9e12,
      unknown_sizes: 0,
      figures: []
    },
    sources: [source()],
    corrected: '',
    offset,
    entity: '',
    entities: [],
    ranges: [],
    exports: [],
    ...change
  };
}

/** The page that a search asks for. */
export function pageOf(total: number, url: URL): SearchResult {
  const { searchParams } = url;
  return searchResult(
    total,
    Number(searchParams.get('offset')),
    Number(searchParams.get('limit'))
  );
}
