import type { Dataset, DatasetPage, DatasetVersion } from '../../api/models';

/** A dataset as a catalog would describe it. */
export function dataset(change: Partial<Dataset> = {}): Dataset {
  return {
    ref: 'cellxgene:v2',
    source: 'cellxgene',
    kind: 'cellxgene',
    id: 'd1',
    version: 'v2',
    title: 'Blood of healthy donors',
    collection: {
      id: 'c1',
      title: 'An atlas of blood',
      version: '',
      description: 'What blood is made of.',
      url: 'https://example.org/collections/c1',
      doi: '10.1000/blood.1',
      authors: 'Müller, Änne; Doe, Jo; Roe, Al; Poe, Ed',
      contact: 'Änne Müller (anne@example.org)'
    },
    description: '',
    facets: {
      organism: [{ label: 'Homo sapiens', ontology_term_id: 'NCBITaxon:9606' }],
      donor_id: [{ label: 'D1', ontology_term_id: '' }],
      tissue: [{ label: 'blood', ontology_term_id: 'UBERON:0000178' }],
      sex: []
    },
    properties: [],
    parents: [],
    children: [],
    related: [],
    owner: null,
    status: '',
    entity: '',
    identifier: '',
    contents: [],
    place: [],
    can_save: false,
    cells: 65847,
    primary_cells: 60000,
    genes: 32383,
    assets: [
      {
        ref: 'cellxgene:v2/blood.h5ad',
        name: 'blood.h5ad',
        path: '',
        volatile: false,
        group: false,
        format: 'h5ad',
        size: 1_400_000_000,
        checksums: { sha256: 'abcdef0123456789' },
        access: 'open',
        access_note: '',
        loads_as_anndata: true,
        url: '',
        section: '',
        note: '',
        elsewhere: '',
        rounded_size: null,
        usd_per_gb: null,
        price_date: '',
        members: null,
        properties: [],
        beside: []
      }
    ],
    access: 'open',
    access_note: '',
    licence: 'CC BY 4.0',
    licence_url: 'https://creativecommons.org/licenses/by/4.0/',
    citation: '',
    doi: '',
    published: '2025-01-02',
    revised: '2026-06-11',
    withdrawn: false,
    newest_ref: '',
    schema_version: '7.1.0',
    raw_counts: 'raw.X',
    default_embedding: 'X_umap',
    embeddings: ['X_umap', 'X_pca'],
    url: 'https://example.org/e/d1',
    links: [
      { title: 'GSE1', url: 'https://example.org/geo', kind: 'RAW_DATA' }
    ],
    stories: [],
    extra: { batch_condition: ['donor'], note: null },
    ...change
  };
}

export function version(
  ref: string,
  change: Partial<DatasetVersion> = {}
): DatasetVersion {
  return {
    ref,
    version: ref,
    date: '2026-06-11',
    title: '',
    cells: 65847,
    size: 1_400_000_000,
    withdrawn: false,
    current: false,
    ...change
  };
}

export function page(change: Partial<DatasetPage> = {}): DatasetPage {
  return {
    dataset: dataset(),
    versions: [version('cellxgene:v2'), version('cellxgene:v1')],
    versions_error: null,
    in_library: [],
    converts: [],
    made: [],
    layers: {},
    elsewhere: {},
    ...change
  };
}
