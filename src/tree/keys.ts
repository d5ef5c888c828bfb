import type { ITreeRow } from './rows';

/** What a key means in a tree. */
export type TreeAction =
  | { readonly kind: 'move'; readonly index: number }
  | { readonly kind: 'toggle' | 'open' | 'tick' | 'load' | 'leave' };

interface IKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Read a key, as the tree pattern of WAI-ARIA has it; null for those that mean nothing here. */
export function treeKey(
  event: IKey,
  rows: readonly ITreeRow[],
  active: number
): TreeAction | null {
  const accel = event.ctrlKey || event.metaKey;
  const row = rows[active];
  if (!row || event.altKey || (accel && event.key !== 'Enter')) {
    return null;
  }
  const move = (index: number): TreeAction => ({
    kind: 'move',
    index: Math.max(0, Math.min(rows.length - 1, index))
  });
  switch (event.key) {
    case 'ArrowDown':
      return move(active + 1);
    case 'ArrowUp':
      return move(active - 1);
    case 'Home':
      return move(0);
    case 'End':
      return move(rows.length - 1);
    case 'PageDown':
      return move(active + 10);
    case 'PageUp':
      return move(active - 10);
    case 'ArrowRight':
      if (row.expanded === false) {
        return { kind: 'toggle' };
      }
      return row.expanded ? move(active + 1) : null;
    case 'ArrowLeft':
      if (row.expanded) {
        return { kind: 'toggle' };
      }
      return row.parent
        ? move(rows.findIndex(({ key }) => key === row.parent))
        : null;
    case 'Enter':
      return { kind: accel ? 'load' : 'open' };
    case ' ':
      return { kind: 'tick' };
    case 'Escape':
      return { kind: 'leave' };
    default:
      return event.key.length === 1 ? typed(event.key, rows, active) : null;
  }
}

/** The next row whose name begins with a letter. */
function typed(
  letter: string,
  rows: readonly ITreeRow[],
  active: number
): TreeAction | null {
  const order = [...rows.keys()].map(step => (active + 1 + step) % rows.length);
  const index = order.find(place =>
    nameOf(rows[place]).toLowerCase().startsWith(letter.toLowerCase())
  );
  return index === undefined ? null : { kind: 'move', index };
}

function nameOf({ node, connection }: ITreeRow): string {
  return node?.title ?? connection?.title ?? '';
}
