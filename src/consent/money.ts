import type { TranslationBundle } from '@jupyterlab/translation';

import type { Asset, Cost } from '../api/models';
import { formatBytes } from '../browser/format';
import { formatUsd } from './usd';

/** How much more than the price is offered as a limit: what broke is paid for twice. */
const MARGIN = 1.1;

/** Whether a file costs whoever fetches it something that is known. */
function isPriced({
  access,
  usd_per_gb
}: Pick<Asset, 'access' | 'usd_per_gb'>): boolean {
  return access === 'requester_pays' && usd_per_gb !== null;
}

/** Whether a file comes for whoever asks for it, or agrees to pay. */
export function canHave(asset: Pick<Asset, 'access' | 'usd_per_gb'>): boolean {
  return asset.access === 'open' || isPriced(asset);
}

/** What a file costs at most: "at most 0.0001 USD"; empty where it costs nothing. */
export function priceWords(
  asset: Pick<Asset, 'access' | 'usd_per_gb' | 'size'>,
  trans: TranslationBundle
): string {
  const { usd_per_gb, size } = asset;
  if (!isPriced(asset) || usd_per_gb === null) {
    return '';
  }
  return size === null
    ? trans.__('%1 per GB', formatUsd(usd_per_gb))
    : trans.__('at most %1', formatUsd((size * usd_per_gb) / 1e9));
}

/** What a cost is made of: "703 kB at 0.09 USD per GB, prices of 2026-06". */
export function ratesWords(cost: Cost, trans: TranslationBundle): string {
  const { bytes, usd_per_gb, price_date, files } = cost;
  const amount = [
    files > 1 ? trans.__('%1 files', files) : '',
    bytes === null ? trans.__('unknown size') : formatBytes(bytes)
  ]
    .filter(Boolean)
    .join(', ');
  return [
    usd_per_gb === null
      ? amount
      : trans.__('%1 at %2 per GB', amount, formatUsd(usd_per_gb)),
    price_date ? trans.__('prices of %1', price_date) : ''
  ]
    .filter(Boolean)
    .join(', ');
}

/** The limit that is offered, as text for its field: the price and a tenth, in whole cents. */
export function offered({ usd, paid_usd }: Cost): string {
  if (usd === null) {
    return '';
  }
  const limit = paid_usd + usd * MARGIN;
  return (Math.ceil(limit * 100 - 1e-6) / 100).toFixed(2);
}

/** A number as people type it, null where it is none. */
export function amountOf(text: string): number | null {
  const typed = text.trim().replace(',', '.');
  return /^(\d+\.?\d*|\.\d+)$/.test(typed) ? Number(typed) : null;
}

/** What is wrong with a limit; empty where it can be used. */
export function problemOf(
  text: string,
  cost: Cost,
  trans: TranslationBundle
): string {
  const limit = amountOf(text);
  if (limit === null) {
    return trans.__('Enter an amount in USD, such as 0.50.');
  }
  if (cost.paid_usd > 0 && limit <= cost.paid_usd) {
    return trans.__(
      '%1 are spent already: enter more than that.',
      formatUsd(cost.paid_usd)
    );
  }
  if (limit === 0 && cost.usd !== 0) {
    return trans.__('Enter more than 0: nothing comes for nothing here.');
  }
  return '';
}

/** Whether a limit ends before all is there. */
export function isShort(text: string, { usd, paid_usd }: Cost): boolean {
  const limit = amountOf(text);
  return limit !== null && usd !== null && limit < paid_usd + usd;
}
