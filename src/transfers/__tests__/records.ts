import type { Transfer } from '../../api/models';

/** A transfer that is 62 % done. */
export function transfer(change: Partial<Transfer> = {}): Transfer {
  return {
    id: 't1',
    ref: 'cellxgene:v1/local.h5ad',
    title: 'Tabula Sapiens - Lung',
    name: 'lung.h5ad',
    source: 'cellxgene',
    state: 'running',
    done: 868_000_000,
    size: 1_400_000_000,
    rate: 41_000_000,
    remaining: 14,
    note: '',
    path: '',
    sha256: '',
    error: null,
    created: '2026-11-21T10:00:00Z',
    updated: '2026-11-21T10:01:00Z',
    sequence: 1,
    ...change
  };
}
