import type { Preview, PreviewColumn } from '../../api/models';
import { KEY } from './packed';

export function column(
  name: string,
  change: Partial<PreviewColumn> = {}
): PreviewColumn {
  return {
    name,
    kind: 'categories',
    dtype: 'category',
    looked_at: true,
    colourable: true,
    missing: 0,
    categories: 2,
    ordered: false,
    top: [
      { value: 'T cell', count: 2 },
      { value: 'B cell', count: 1 }
    ],
    low: null,
    high: null,
    mean: null,
    histogram: [],
    note: '',
    ...change
  };
}

/** The preview of four cells. */
export function preview(change: Partial<Preview> = {}): Preview {
  return {
    ref: 'ref',
    name: 'blood.h5ad',
    format: 'h5ad',
    key: KEY,
    shape: [4, 1200],
    size: 1_400_000_000,
    x: {
      name: 'X',
      shape: [4, 1200],
      encoding: 'csr',
      dtype: 'float32',
      stored: 150,
      density: 0.031,
      integers: false,
      highest: 5.6,
      sample: 150,
      memory: 1000,
      compression: 'gzip',
      note: ''
    },
    raw: null,
    layers: [],
    raw_counts: '',
    obs: [
      column('tissue', {
        categories: 1,
        top: [{ value: 'blood', count: 4 }]
      }),
      column('cell_type', { missing: 0.25 }),
      column('n_genes', {
        kind: 'numbers',
        dtype: 'float32',
        categories: null,
        top: [],
        low: 1,
        high: 3,
        mean: 2,
        histogram: [1, 1, 1]
      })
    ],
    obs_index: 'index',
    var: {
      names: 'ensembl',
      duplicates: 2,
      examples: ['ENSG00000139618'],
      symbols_in: 'feature_name',
      columns: [],
      note: ''
    },
    obsm: [{ name: 'X_umap', shape: [4, 2], dtype: 'float32', note: '' }],
    obsp: [],
    uns: ['title'],
    title: '',
    schema_version: '',
    primary: 1,
    encodings: [],
    picture: {
      embedding: 'X_umap',
      embeddings: ['X_umap', 'X_pca'],
      points: 4,
      cells: 4,
      by: 'cell_type',
      note: ''
    },
    memory: {
      matrices: 1000,
      annotations: 500,
      total: 1500,
      peak: 300_000_000
    },
    modalities: [],
    notes: ['the first 4,096 values of X were looked at'],
    bytes_fetched: 1_800_000,
    requests: 2,
    local: false,
    ...change
  };
}
