import {
  formatAbsolute,
  formatBytes,
  formatCount,
  formatDuration,
  formatInteger,
  formatMonth,
  formatPercent,
  formatRate,
  formatRelative
} from '../format';

/** Read a no-break space as a space. */
const plain = (text: string): string => text.replace(/\u00a0/g, ' ');

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [999_499, '999 kB'],
    [999_600, '1 MB'],
    [15_800_000, '15.8 MB'],
    [1_400_000_000, '1.4 GB'],
    [1_900_000_000_000, '1.9 TB'],
    [2.5e18, '2,500 PB']
  ])('writes %d as %s', (bytes, text) => {
    expect(plain(formatBytes(bytes))).toBe(text);
  });
});

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [9999, '9,999'],
    [10_000, '10 k'],
    [65_847, '65.8 k'],
    [31_200_000, '31.2 M']
  ])('writes %d as %s', (count, text) => {
    expect(plain(formatCount(count))).toBe(text);
  });
});

describe('the language of numbers', () => {
  afterEach(() => {
    document.documentElement.lang = '';
  });

  it('is the one of the page', () => {
    document.documentElement.lang = 'de_DE';
    expect(formatInteger(65847)).toBe('65.847');
    expect(plain(formatBytes(1_400_000_000))).toBe('1,4 GB');
  });

  it('is English where the page names none that is known', () => {
    document.documentElement.lang = 'no such language';
    expect(formatInteger(65847)).toBe('65,847');
  });
});

describe('formatPercent', () => {
  it.each([
    [-1, '0%'],
    [0.625, '62%'],
    [0.9999, '99%'],
    [1, '100%'],
    [7, '100%']
  ])('writes %d as %s', (part, text) => {
    expect(formatPercent(part)).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each([
    [0.2, '0 s'],
    [14, '14 s'],
    [125, '2 min 5 s'],
    [120, '2 min'],
    [11_400, '3 h 10 min'],
    [3605, '1 h'],
    [200_000, '2 d 7 h']
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(plain(formatDuration(seconds))).toBe(text);
  });
});

describe('dates', () => {
  const now = new Date('2026-11-21T12:00:00Z');

  it.each([
    ['2026-11-21T11:59:30Z', 'now'],
    ['2026-11-21T10:00:00Z', '2 hours ago'],
    ['2026-11-20T11:00:00Z', 'yesterday'],
    ['2026-06-11', '5 months ago'],
    ['not a date', '']
  ])('sees %s as %s', (iso, text) => {
    expect(formatRelative(iso, now)).toBe(text);
  });

  it('are in full in a tooltip, a day without a time', () => {
    expect(formatAbsolute('2026-06-11')).toBe('June 11, 2026');
    expect(formatAbsolute('2026-06-11T08:30:00Z')).toContain('June 11, 2026');
    expect(formatAbsolute('')).toBe('');
  });

  it('are months in a row', () => {
    expect(formatMonth('2026-06-11')).toBe('2026-06');
    expect(formatMonth('2026')).toBe('2026');
    expect(formatMonth('')).toBe('');
  });
});

it('writes a speed', () => {
  expect(plain(formatRate(41_000_000))).toBe('41 MB/s');
});
