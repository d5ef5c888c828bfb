import type { Facet, FacetValue } from '../api/models';
import { folded, type Query } from './query';

/**
 * How each Source writes the values of its facets.
 *
 * One catalog says "blood", another "Blood": they are one value to whoever searches, and each is
 * asked in its own spelling.
 */
export class Spellings {
  /** Note what a Source offers. */
  note(source: string, facets: readonly Facet[]): void {
    for (const { name, values } of facets) {
      for (const { value } of values) {
        const key = keyOf(source, name, value);
        const known = this._known.get(key) ?? new Set<string>();
        this._known.set(key, known.add(value));
      }
    }
  }

  /** The query in the words of a Source; what it never offered stays as it is. */
  spelled(source: string, query: Query): Query {
    const facets = Object.entries(query.facets).map(([name, values]) => {
      const own = values.flatMap(value =>
        name === 'source'
          ? [value]
          : [...(this._known.get(keyOf(source, name, value)) ?? [value])]
      );
      return [name, [...new Set(own)]] as const;
    });
    return { ...query, facets: Object.fromEntries(facets) };
  }

  private _known = new Map<string, Set<string>>();
}

function keyOf(source: string, name: string, value: string): string {
  return JSON.stringify([source, name, folded(value)]);
}

/** The values with those that differ in their case alone as one, in the spelling that came first. */
export function foldedValues(values: readonly FacetValue[]): FacetValue[] {
  const merged = new Map<string, FacetValue>();
  for (const value of values) {
    const key = folded(value.value);
    const first = merged.get(key);
    merged.set(
      key,
      first
        ? {
            ...first,
            count: first.count + value.count,
            selected: first.selected || value.selected
          }
        : value
    );
  }
  return [...merged.values()];
}
