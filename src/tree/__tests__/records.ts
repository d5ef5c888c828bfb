import type { Node } from '../../api/models';

/** A dataset in a tree. */
export function node(change: Partial<Node> = {}): Node {
  return {
    id: 'dataset:20260101-1',
    kind: 'dataset',
    title: 'PBMC raw',
    code: '20260101-1',
    type: 'RAW_DATA',
    ref: 'openbis:bis.example.org/20260101-1',
    identifier: '',
    has_children: false,
    count: null,
    size: 3_145_851,
    date: '2026-01-01T10:00:00Z',
    status: 'AVAILABLE',
    can_save: false,
    description: '',
    access: 'open',
    access_note: '',
    exports: [],
    ...change
  };
}

/** A space of that name. */
export function space(code: string, change: Partial<Node> = {}): Node {
  return node({
    id: `space:${code}`,
    kind: 'space',
    title: code,
    code,
    type: '',
    ref: '',
    identifier: `/${code}`,
    has_children: true,
    count: 1,
    size: null,
    date: '',
    status: '',
    ...change
  });
}
