import { locale, NO_BREAK } from '../browser/format';

/** An amount of money, rounded up, with more digits where it is small: "0.0001 USD". */
export function formatUsd(amount: number): string {
  const digits = amount >= 0.1 || amount === 0 ? 2 : amount >= 0.001 ? 4 : 6;
  const scale = 10 ** digits;
  const number = new Intl.NumberFormat(locale(), {
    minimumFractionDigits: 2,
    maximumFractionDigits: digits
  }).format(Math.ceil(amount * scale - 1e-6) / scale);
  return `${number}${NO_BREAK}USD`;
}
