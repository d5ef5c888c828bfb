/**
 * The models of the server, by the names they have there.
 *
 * Sizes are bytes, times ISO 8601 in UTC, rates bytes per second.
 */

export type Access =
  'open' | 'login' | 'controlled' | 'requester_pays' | 'request' | 'view_only';

export type TransferState =
  | 'queued'
  | 'resolving'
  | 'running'
  | 'paused'
  | 'verifying'
  | 'done'
  | 'failed'
  | 'cancelled';

export type CatalogState =
  'ready' | 'refreshing' | 'stale' | 'offline' | 'empty' | 'error';

export type ErrorBody = {
  code: string;
  message: string;
  source: string;
  hint: string;
  retry_after: number | null;
};

export type Term = {
  label: string;
  ontology_term_id: string;
};

export type Link = {
  title: string;
  url: string;
  kind: string;
};

export type Collection = {
  id: string;
  title: string;
  version: string;
  description: string;
  url: string;
  doi: string;
  authors: string;
  contact: string;
};

export type Asset = {
  ref: string;
  name: string;
  format: string;
  size: number | null;
  checksums: { [algorithm: string]: string };
  access: Access;
  access_note: string;
  loads_as_anndata: boolean;
  url: string;
};

export type Dataset = {
  ref: string;
  source: string;
  kind: string;
  id: string;
  version: string;
  title: string;
  collection: Collection | null;
  description: string;
  facets: { [name: string]: Term[] };
  cells: number | null;
  primary_cells: number | null;
  genes: number | null;
  assets: Asset[];
  access: Access;
  access_note: string;
  licence: string;
  licence_url: string;
  citation: string;
  doi: string;
  published: string;
  revised: string;
  withdrawn: boolean;
  newest_ref: string;
  schema_version: string;
  raw_counts: string;
  default_embedding: string;
  embeddings: string[];
  url: string;
  links: Link[];
  extra: { [name: string]: unknown };
};

export type DatasetVersion = {
  ref: string;
  version: string;
  date: string;
  title: string;
  cells: number | null;
  size: number | null;
  withdrawn: boolean;
  current: boolean;
};

export type DatasetPage = {
  dataset: Dataset;
  versions: DatasetVersion[];
  versions_error: ErrorBody | null;
  in_library: string[];
};

export type Range = {
  min: number | null;
  max: number | null;
};

export type Hit = {
  ref: string;
  id: string;
  source: string;
  kind: string;
  title: string;
  collection: string;
  organism: string[];
  tissue: string[];
  disease: string[];
  assay: string[];
  cells: number | null;
  size: number | null;
  format: string;
  loads_as_anndata: boolean;
  access: Access;
  date: string;
  in_library: boolean;
  newer_than_library: boolean;
};

export type FacetValue = {
  value: string;
  count: number;
  selected: boolean;
};

export type Facet = {
  name: string;
  title: string;
  values: FacetValue[];
  more: number;
};

export type Summary = {
  datasets: number;
  cells: number;
  bytes: number;
  unknown_sizes: number;
};

export type SourceStatus = {
  name: string;
  title: string;
  kind: string;
  url: string;
  state: CatalogState;
  datasets: number;
  matches: number | null;
  harvested: string;
  progress: string;
  error: ErrorBody | null;
};

export type SearchResult = {
  total: number;
  hits: Hit[];
  facets: Facet[];
  summary: Summary;
  sources: SourceStatus[];
  corrected: string;
  offset: number;
};

export type Transfer = {
  id: string;
  ref: string;
  title: string;
  name: string;
  source: string;
  state: TransferState;
  done: number;
  size: number | null;
  rate: number;
  remaining: number | null;
  note: string;
  path: string;
  sha256: string;
  error: ErrorBody | null;
  created: string;
  updated: string;
  sequence: number;
};

export type LibraryItem = {
  sha256: string;
  size: number;
  name: string;
  path: string;
  ref: string;
  title: string;
  source: string;
  version: string;
  licence: string;
  citation: string;
  doi: string;
  retrieved: string;
  used: string;
  links: string[];
  shared: boolean;
};

export type LibraryListing = {
  items: LibraryItem[];
  path: string;
  used: number;
  free: number;
  reserve: number;
  partial: number;
};

export type CellRequest = {
  ref: string;
  language: string;
  variable: string;
  names: string[];
  path_visible: boolean | null;
  directory: string;
};

export type ProvenanceInput = {
  ref: string;
  variable: string;
  title: string;
  version: string;
  size: number | null;
  sha256: string;
  retrieved: string;
  licence: string;
  citation: string;
  doi: string;
  selection: string;
};

export type CellReply = {
  code: string;
  language: string;
  variable: string;
  note: string;
  path: string;
  input: ProvenanceInput | null;
};
