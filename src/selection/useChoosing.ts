import { useEffect, useMemo } from 'react';

import { useSignal } from '../browser/useSignal';
import type { Colours, IPoints } from '../preview/decode';
import {
  rangeOf,
  regionsOf,
  valuesOf,
  type IRangeFilter,
  type Polygon
} from './filters';
import type { SelectionModel } from './model';
import { onlyOfFilters, valueAt } from './only';

/** No region. */
const NONE: readonly Polygon[] = [];

/** What is chosen in a picture and its legend, and how it is chosen. */
export interface IChoosing {
  /** The categories that are chosen, null for all of them. */
  readonly only: ReadonlySet<number> | null;
  /** Zero for each point that is not chosen; null where all are. */
  readonly mask: Uint8Array | null;
  /** The regions that are chosen. */
  readonly regions: readonly Polygon[];
  /** What is chosen of the numbers of the legend. */
  readonly range: IRangeFilter | null;
  /** A category was clicked, be it to choose it or to leave it out. */
  readonly onToggle: (category: number, not: boolean) => void;
  /** All categories are to be chosen. */
  readonly onAll: () => void;
  readonly onRange: (range: IRangeFilter | null) => void;
  /** A region was drawn, beside the others or in their place. */
  readonly onRegion: (region: Polygon, beside: boolean) => void;
  /** No region is to be chosen any more. */
  readonly onClear: () => void;
}

/** Choose in a picture; null where nothing can be chosen of its file. */
export function useChoosing(
  selection: SelectionModel | null,
  points: IPoints | null,
  colours: Colours | null
): IChoosing | null {
  const state = useSignal(
    selection?.changed ?? null,
    () => selection?.state ?? null
  );
  const filters = state?.filters ?? null;
  const only = useMemo(
    () => filters && onlyOfFilters(filters, colours),
    [filters, colours]
  );
  const tells = colours?.kind === 'categories' ? colours.by : '';
  useEffect(() => {
    selection?.show(
      points && {
        embedding: points.embedding,
        key: points.key,
        points: points.xs.length,
        by: tells
      }
    );
  }, [selection, points, tells]);
  if (!selection || !state) {
    return null;
  }
  const by = colours?.by ?? '';
  const known = points && regionsOf(state.filters, points.embedding);
  const range = rangeOf(state.filters, by);
  return {
    only,
    mask: state.mask,
    regions: known?.polygons ?? NONE,
    range,
    onToggle: (category, not) => {
      if (colours?.kind === 'categories') {
        const value = valueAt(colours.categories, category);
        selection.toggle(by, value, not, colours.missing === 0);
      }
    },
    onAll: () => selection.replace(valuesOf(state.filters, by), null),
    onRange: next => selection.replace(range, next),
    onRegion: (region, beside) =>
      selection.replace(known, {
        kind: 'regions',
        embedding: points?.embedding ?? '',
        polygons: [...(beside && known ? known.polygons : []), region],
        not: (beside && known?.not) || false
      }),
    onClear: () => selection.replace(known, null)
  };
}
