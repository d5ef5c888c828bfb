import type { Selection } from '../api/models';

/** The line of a terminal that fetches a selection. */
export function commandOf(
  ref: string,
  { where, genes, layer, symbols }: Selection
): string {
  const words = ['jupyter', 'datahub', 'get', ref];
  if (where) {
    words.push('--where', where);
  }
  if (genes.length) {
    words.push('--genes', genes.join(','));
  }
  if (layer) {
    words.push('--layer', layer);
  }
  if (symbols) {
    words.push('--symbols');
  }
  return words.map(quoted).join(' ');
}

/** A word as a shell reads it, nothing in which means more than itself. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word)
    ? word
    : `'${word.replace(/'/g, `'\\''`)}'`;
}
