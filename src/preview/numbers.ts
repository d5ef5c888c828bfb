import { locale } from '../browser/format';

/** A measured number by its three leading digits: "0.0172", "1,370". */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  return new Intl.NumberFormat(locale(), {
    maximumSignificantDigits:
      size >= 1000 ? Math.ceil(Math.log10(size + 1)) : 3,
    notation:
      size >= 1e9 || (size > 0 && size < 1e-4) ? 'scientific' : 'standard'
  }).format(value);
}
