/** Genes somebody wrote or pasted. */
export interface IGeneList {
  /** Each once, in their order. */
  readonly genes: readonly string[];
  /** Those that were there more than once. */
  readonly doubled: readonly string[];
}

/** What stands between two genes, be they in a row, a column or a list of a program. */
const BETWEEN = /[\s,;]+/;
/** Round brackets are not among them, as genes of flies have such: Su(H). */
const QUOTES = /^["'[]+|["'\]]+$/g;

/** Read genes that are parted by spaces, commas or lines. */
export function genesOf(text: string): IGeneList {
  const found = new Set<string>();
  const doubled = new Set<string>();
  for (const part of text.split(BETWEEN)) {
    const gene = part.replace(QUOTES, '');
    if (gene && found.has(gene)) {
      doubled.add(gene);
    } else if (gene) {
      found.add(gene);
    }
  }
  return { genes: [...found], doubled: [...doubled] };
}

/** Whether a text is more than the beginning of one gene. */
export function isList(text: string): boolean {
  return BETWEEN.test(text.trim());
}

/** Some genes with others added, each once. */
export function withGenes(
  known: readonly string[],
  { genes, doubled }: IGeneList
): IGeneList {
  const there = new Set(known);
  return {
    genes: [...new Set([...known, ...genes])],
    doubled: [
      ...new Set([...doubled, ...genes.filter(gene => there.has(gene))])
    ]
  };
}
