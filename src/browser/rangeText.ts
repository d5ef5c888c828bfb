import { formatBytes, formatCount } from './format';

const FACTORS: { [suffix: string]: number } = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  b: 1e9,
  t: 1e12
};

const BYTE_FACTORS: { [suffix: string]: number } = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  kib: 2 ** 10,
  m: 1e6,
  mb: 1e6,
  mib: 2 ** 20,
  g: 1e9,
  gb: 1e9,
  gib: 2 ** 30,
  t: 1e12,
  tb: 1e12,
  tib: 2 ** 40
};

/**
 * Read a number as people type it: "10k", "1.5 M", "2 GB", "65,847".
 *
 * @param name - The range it is for; only sizes know bytes.
 * @returns The number, null for an empty field, undefined where it cannot be read.
 */
export function parseAmount(
  text: string,
  name: string
): number | null | undefined {
  const plain = text.trim().replace(/[\s\u00a0_]/g, '');
  if (!plain) {
    return null;
  }
  const match = /^(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*[.,]?\d+)([a-z]*)$/i.exec(
    plain
  );
  if (!match) {
    return undefined;
  }
  const [, digits, suffix] = match;
  const factor = (name === 'size' ? BYTE_FACTORS : FACTORS)[
    suffix.toLowerCase()
  ];
  const number = /^\d{1,3}(,\d{3})+/.test(digits)
    ? Number(digits.replace(/,/g, ''))
    : Number(digits.replace(',', '.'));
  if (factor === undefined || (name === 'year' && suffix)) {
    return undefined;
  }
  return Math.round(number * factor);
}

/** A bound of a range as it stands in its field and in a tag. */
export function formatAmount(
  value: number | null | undefined,
  name: string
): string {
  if (value === null || value === undefined) {
    return '';
  }
  if (name === 'size') {
    return formatBytes(value);
  }
  return name === 'year' ? String(value) : formatCount(value);
}
