import type { Connection, Node } from '../api/models';
import type { Branch } from './branch';

/** One line of the tree as it is drawn. */
export interface ITreeRow {
  /** The way to the node from its root: a node may hang in several places. */
  readonly key: string;
  /** 1 for the stores themselves. */
  readonly level: number;
  readonly kind: 'store' | 'node' | 'more' | 'loading' | 'error' | 'empty';
  /** The name of the connection. */
  readonly source: string;
  readonly connection: Connection | null;
  readonly node: Node | null;
  /** null where there is nothing to expand. */
  readonly expanded: boolean | null;
  /** The key of the row above that this one belongs to; empty for a store. */
  readonly parent: string;
  readonly position: number;
  readonly siblings: number;
  /** Children that are not fetched yet (of a `more`); Infinity where nobody has counted them. */
  readonly rest: number;
  readonly error: unknown;
}

/** A store at the root of its tree. */
export interface IRoot {
  readonly connection: Connection;
  /** Whether it lets us look. */
  readonly lets: boolean;
}

/** What is fetched of the children, by the key of their parent. */
type Branches = ReadonlyMap<string, Branch>;

/** Stands between the parts of a key; no identifier has it. */
const SEPARATOR = '\n';

export function rootKey(source: string): string {
  return source;
}

export function childKey(parent: string, id: string): string {
  return parent + SEPARATOR + id;
}

/** Whether a key is this one or of something below it. */
export function isWithin(key: string, ancestor: string): boolean {
  return key === ancestor || key.startsWith(ancestor + SEPARATOR);
}

/** The trees of all stores as one list of the rows that show. */
export function drawnRows(
  roots: readonly IRoot[],
  open: ReadonlySet<string>,
  branches: Branches
): readonly ITreeRow[] {
  return roots.flatMap(({ connection, lets }, index) => {
    const key = rootKey(connection.name);
    const row: ITreeRow = {
      ...BLANK,
      key,
      level: 1,
      kind: 'store',
      source: connection.name,
      connection,
      expanded: lets ? open.has(key) : null,
      position: index + 1,
      siblings: roots.length
    };
    return [row, ...below(row, open, branches)];
  });
}

function below(
  parent: ITreeRow,
  open: ReadonlySet<string>,
  branches: Branches
): ITreeRow[] {
  const branch = branches.get(parent.key);
  if (!parent.expanded || !branch) {
    return [];
  }
  const { source, level } = parent;
  const blank = { ...BLANK, source, level: level + 1, parent: parent.key };
  const children = branch.nodes.flatMap((node, index) => {
    const key = childKey(parent.key, node.id);
    const row: ITreeRow = {
      ...blank,
      key,
      kind: 'node',
      node,
      expanded: node.has_children ? open.has(key) : null,
      position: index + 1,
      siblings: branch.total
    };
    return [row, ...below(row, open, branches)];
  });
  const last = lastRow(branch);
  return last
    ? [
        ...children,
        {
          ...blank,
          ...last,
          key: childKey(parent.key, last.kind),
          position: branch.nodes.length + 1,
          siblings: branch.total
        }
      ]
    : children;
}

/** What stands after the children that are there: why there are no more, or that there are. */
function lastRow(
  branch: Branch
): (Pick<ITreeRow, 'kind'> & Partial<ITreeRow>) | null {
  if (branch.error !== null) {
    return { kind: 'error', error: branch.error };
  }
  if (branch.loading) {
    return branch.late ? { kind: 'loading' } : null;
  }
  if (branch.total === 0) {
    return { kind: 'empty' };
  }
  const rest = branch.total - branch.nodes.length;
  return rest > 0
    ? { kind: 'more', rest: branch.uncounted ? Infinity : rest }
    : null;
}

const BLANK = {
  connection: null,
  node: null,
  expanded: null,
  parent: '',
  position: 1,
  siblings: 1,
  rest: 0,
  error: null
} as const;
