/** What a key means in a list of results. */
export type ListAction =
  | { readonly kind: 'move'; readonly index: number }
  | { readonly kind: 'leave' | 'open' | 'tick' | 'load' };

interface IKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

interface IPlace {
  readonly active: number;
  readonly total: number;
  /** Rows that are in sight at once. */
  readonly page: number;
}

/** Read a key; null for those that mean nothing here. */
export function listKey(event: IKey, place: IPlace): ListAction | null {
  const { active, total, page } = place;
  const accel = event.ctrlKey || event.metaKey;
  if (event.altKey || (accel && event.key !== 'Enter')) {
    return null;
  }
  const move = (index: number): ListAction => ({
    kind: 'move',
    index: Math.max(0, Math.min(total - 1, index))
  });
  switch (event.key) {
    case 'ArrowDown':
      return move(active + 1);
    case 'ArrowUp':
      return active === 0 ? { kind: 'leave' } : move(active - 1);
    case 'PageDown':
      return move(active + page);
    case 'PageUp':
      return move(active - page);
    case 'Home':
      return move(0);
    case 'End':
      return move(total - 1);
    case 'Enter':
      return { kind: accel ? 'load' : 'open' };
    case ' ':
      return { kind: 'tick' };
    case 'Escape':
      return { kind: 'leave' };
    default:
      return null;
  }
}
