import type { PreviewColumn } from '../api/models';
import type { IRangeFilter } from './filters';
import { rounded } from './regions';

/** Steps that a span is divided into by a pointer. */
const STEPS = 200;
/** The share of a span from one of its ends within which that end is meant. */
const NEAR = 0.04;

export type Ends = readonly [number, number];

/** The span of a column of numbers, null where it has none. */
export function spanOf({ low, high }: PreviewColumn): Ends | null {
  return low !== null && high !== null && low < high ? [low, high] : null;
}

/** The part of a span that is chosen, as shares of it. */
export function sharesOf(filter: IRangeFilter | null, [low, high]: Ends): Ends {
  const share = (at: number): number =>
    Math.max(0, Math.min(1, (at - low) / (high - low)));
  return [
    filter?.low ? share(filter.low.at) : 0,
    filter?.high ? share(filter.high.at) : 1
  ];
}

/** The end that stays while the other is dragged: that far from the pointer, or the pointer's. */
export function anchorOf(
  at: number,
  chosen: boolean,
  [low, high]: Ends
): number {
  if (chosen && Math.abs(at - low) < NEAR) {
    return high;
  }
  return chosen && Math.abs(at - high) < NEAR ? low : at;
}

/** The filter of what is between two shares of a span; null where that is all or nothing. */
export function brushed(
  column: PreviewColumn,
  one: number,
  other: number
): IRangeFilter | null {
  const span = spanOf(column);
  const from = Math.max(0, Math.min(one, other));
  const to = Math.min(1, Math.max(one, other));
  if (!span || from >= to || (from === 0 && to === 1)) {
    return null;
  }
  const [low, high] = span;
  const whole = /int/.test(column.dtype);
  const at = (share: number): number => {
    const value = low + share * (high - low);
    return whole ? Math.round(value) : rounded(value, high - low, STEPS);
  };
  return {
    kind: 'range',
    column: column.name,
    low: from > 0 ? { at: at(from), open: false } : null,
    high: to < 1 ? { at: at(to), open: false } : null
  };
}

/** The filter with an end that was typed; null where it has no end left. */
export function typed(
  column: string,
  known: IRangeFilter | null,
  end: 'low' | 'high',
  at: number | null
): IRangeFilter | null {
  const next: IRangeFilter = {
    kind: 'range',
    column,
    low: known?.low ?? null,
    high: known?.high ?? null,
    [end]: at === null ? null : { at, open: false }
  };
  return next.low || next.high ? next : null;
}

/** Read a number that was typed; null for nothing, undefined where it is none. */
export function numberOf(text: string): number | null | undefined {
  const plain = text.trim().replace(/[\s\u00a0_]/g, '');
  if (!plain) {
    return null;
  }
  const number = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain)
    ? Number(plain.replace(/,/g, ''))
    : Number(plain.replace('−', '-').replace(/,(?=\d+$)/, '.'));
  return Number.isFinite(number) ? number : undefined;
}
