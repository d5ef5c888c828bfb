import { formatAmount, parseAmount } from '../rangeText';

describe('parseAmount', () => {
  it.each([
    ['10k', 'cells', 10_000],
    ['1.5 M', 'cells', 1_500_000],
    ['1,5 M', 'cells', 1_500_000],
    ['65,847', 'cells', 65_847],
    ['1,234,567', 'cells', 1_234_567],
    [' 5000 ', 'cells', 5000],
    ['2 GB', 'size', 2_000_000_000],
    ['2gb', 'size', 2_000_000_000],
    ['512 MiB', 'size', 536_870_912],
    ['500', 'size', 500],
    ['.5 TB', 'size', 500_000_000_000],
    ['2024', 'year', 2024]
  ])('reads %p of %s', (text, name, value) => {
    expect(parseAmount(text, name)).toBe(value);
  });

  it.each([
    ['lots', 'cells'],
    ['10 GB', 'cells'],
    ['2k', 'year'],
    ['-5', 'cells'],
    ['1.2.3', 'size'],
    ['5 parsec', 'size']
  ])('does not guess at %p of %s', (text, name) => {
    expect(parseAmount(text, name)).toBeUndefined();
  });

  it('reads an empty field as no bound', () => {
    expect(parseAmount('  ', 'size')).toBeNull();
  });
});

describe('formatAmount', () => {
  it('gives text that reads back to the same number', () => {
    for (const [value, name] of [
      [10_000, 'cells'],
      [1_500_000, 'cells'],
      [500_000_000, 'size'],
      [2024, 'year']
    ] as const) {
      expect(parseAmount(formatAmount(value, name), name)).toBe(value);
    }
  });

  it('gives nothing for an open end', () => {
    expect(formatAmount(null, 'cells')).toBe('');
    expect(formatAmount(undefined, 'cells')).toBe('');
  });
});
