import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cost } from '../api/models';
import { costOf, type Begin, type Pay } from './pay';

/**
 * Begins several things that may cost money; gives null in the place of each that the user did
 * not agree to pay for.
 *
 * @param title - What people know those as that cost something, which are given by number.
 */
export type PayTogether = <T>(
  title: (numbers: readonly number[]) => string,
  begins: readonly Begin<T>[]
) => Promise<(T | null)[]>;

/** A thing that costs something, by its number. */
interface IRefused {
  readonly at: number;
  readonly cost: Cost;
}

/**
 * Begin what costs nothing, and ask once for all the rest: one limit, of which each gets the part
 * that its price is of the whole.
 */
export function payerOfSeveral(
  pay: Pay,
  trans: TranslationBundle
): PayTogether {
  return async <T>(
    title: (numbers: readonly number[]) => string,
    begins: readonly Begin<T>[]
  ) => {
    const refused: IRefused[] = [];
    const begun = await Promise.all(
      begins.map(async (begin, at): Promise<T | null> => {
        try {
          return await begin();
        } catch (error) {
          const cost = costOf(error);
          if (cost === null) {
            throw error;
          }
          refused.push({ at, cost });
          return null;
        }
      })
    );
    if (refused.length === 0) {
      return begun;
    }
    if (refused.length === 1) {
      const [{ at }] = refused;
      begun[at] = await pay(title([at]), begins[at]);
      return begun;
    }
    const { askForLimit } = await import('./dialog');
    const paid = await askForLimit(
      title(refused.map(({ at }) => at)),
      sumOf(refused.map(({ cost }) => cost)),
      limit =>
        Promise.all(
          partsOf(
            limit,
            refused.map(({ cost }) => cost)
          ).map((part, number) => begins[refused[number].at](part))
        ),
      trans
    );
    refused.forEach(({ at }, number) => {
      begun[at] = paid?.[number] ?? null;
    });
    return begun;
  };
}

/** What several things cost together; unknown where one of them is. */
export function sumOf(costs: readonly Cost[]): Cost {
  const sum = (values: readonly (number | null)[]): number | null =>
    values.reduce(
      (all, value) => (all === null || value === null ? null : all + value),
      0
    );
  const same = <K extends 'usd_per_gb' | 'price_date'>(
    key: K,
    other: Cost[K]
  ): Cost[K] =>
    costs.every(cost => cost[key] === costs[0][key]) ? costs[0][key] : other;
  return {
    usd: sum(costs.map(({ usd }) => usd)),
    bytes: sum(costs.map(({ bytes }) => bytes)),
    usd_per_gb: same('usd_per_gb', null),
    price_date: same('price_date', ''),
    files: sum(costs.map(({ files }) => files)) ?? costs.length,
    paid_usd: sum(costs.map(({ paid_usd }) => paid_usd)) ?? 0
  };
}

/**
 * The part of a limit that each of several things gets: what was paid for it, and of the rest as
 * much as its price is of all prices. They add up to no more than the limit.
 */
export function partsOf(limit: number, costs: readonly Cost[]): number[] {
  const { usd, paid_usd } = sumOf(costs);
  const left = Math.max(0, limit - paid_usd);
  return costs.map(cost => {
    const share = usd ? (cost.usd ?? 0) / usd : 1 / costs.length;
    return Math.floor((cost.paid_usd + left * share) * 1e9) / 1e9;
  });
}
