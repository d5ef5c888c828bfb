import type { Selection } from '../api/models';

/** Whether two selections choose the same in the same words. */
export function sameSelection(one: Selection, other: Selection): boolean {
  return (
    one.where.trim() === other.where.trim() &&
    one.layer === other.layer &&
    one.symbols === other.symbols &&
    one.genes.length === other.genes.length &&
    one.genes.every((gene, place) => gene === other.genes[place])
  );
}
