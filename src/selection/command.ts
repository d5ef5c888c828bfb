import type { Selection } from '../api/models';

/**
 * Genes that stand in the line itself; more are read from a file, as an argument of a program has
 * 128 KiB at most, and nobody reads so many in a line.
 */
const MOST_GENES = 200;

/** The file from which the command reads genes. */
export const GENE_FILE = 'genes.txt';

/** Whether the command reads its genes from a file. */
export function readsGenes({ genes }: Pick<Selection, 'genes'>): boolean {
  return genes.length > MOST_GENES;
}

/** The line of a terminal that fetches a selection. */
export function commandOf(ref: string, selection: Selection): string {
  const { where, genes, layer, symbols } = selection;
  const words = ['jupyter', 'datahub', 'get', ref];
  if (where) {
    words.push('--where', where);
  }
  if (genes.length) {
    words.push(
      '--genes',
      readsGenes(selection) ? `@${GENE_FILE}` : genes.join(',')
    );
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
