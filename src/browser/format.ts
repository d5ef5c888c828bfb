/**
 * Numbers, sizes and times as people read them, in the language of the interface.
 */

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
const COUNT_UNITS = ['', 'k', 'M', 'G'];
export const NO_BREAK = '\u00a0';

/** The language of the page, English where the page names none that is known. */
export function locale(): string {
  const lang = document.documentElement.lang.replace('_', '-');
  try {
    return Intl.NumberFormat.supportedLocalesOf(lang)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** Three leading digits: 1.41, 14.1, 141. */
function short(value: number): string {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return new Intl.NumberFormat(locale(), {
    maximumFractionDigits: digits
  }).format(value);
}

/** Divide by 1000 until the number has at most three digits in front of the point. */
function scaled(value: number, units: readonly string[]): string {
  let unit = 0;
  let rest = value;
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  const number = unit === 0 ? short(Math.round(rest)) : short(rest);
  return units[unit] ? number + NO_BREAK + units[unit] : number;
}

/** A whole number with thousands separators: "65,847". */
export function formatInteger(value: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 }).format(
    value
  );
}

/** A number for a narrow place: "31.2 M", "812". */
export function formatCount(value: number): string {
  return value < 10_000 ? formatInteger(value) : scaled(value, COUNT_UNITS);
}

/** A size in decimal units: "1.4 GB". */
export function formatBytes(bytes: number): string {
  return scaled(bytes, BYTE_UNITS);
}

/** A speed: "41 MB/s". */
export function formatRate(bytesPerSecond: number): string {
  return formatBytes(bytesPerSecond) + '/s';
}

/** A part of a whole: "62 %"; 100 only when all is there. */
export function formatPercent(part: number): string {
  const floor = Math.floor(Math.max(0, Math.min(1, part)) * 100) / 100;
  return new Intl.NumberFormat(locale(), { style: 'percent' }).format(floor);
}

/** A span of time in its two largest units: "14 s", "2 min 5 s", "3 h 10 min". */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(total / 86_400), 'd'],
    [Math.floor(total / 3600) % 24, 'h'],
    [Math.floor(total / 60) % 60, 'min'],
    [total % 60, 's']
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) {
    return '0' + NO_BREAK + 's';
  }
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => formatInteger(value) + NO_BREAK + unit)
    .join(' ');
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60]
];

/** A moment as seen from `now`: "2 hours ago"; empty where `iso` is no date. */
export function formatRelative(iso: string, now: Date = new Date()): string {
  const then = Date.parse(iso);
  if (Number.isNaN(then)) {
    return '';
  }
  const seconds = (then - now.getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  return step
    ? format.format(Math.trunc(seconds / step[1]), step[0])
    : format.format(0, 'second');
}

/** A moment in full, for a tooltip; empty where `iso` is no date. */
export function formatAbsolute(iso: string): string {
  const then = new Date(iso);
  if (Number.isNaN(then.getTime())) {
    return '';
  }
  const dateOnly = /^\d{4}-\d{2}-\d{2}$/.test(iso);
  return new Intl.DateTimeFormat(locale(), {
    dateStyle: 'long',
    ...(dateOnly ? { timeZone: 'UTC' } : { timeStyle: 'short' })
  }).format(then);
}

/** The month of a date: "2026-06"; catalogs are not read to the day. */
export function formatMonth(iso: string): string {
  return /^\d{4}-\d{2}/.test(iso) ? iso.slice(0, 7) : iso.slice(0, 4);
}
