import { trans } from '../../api/__tests__/server';
import { decodeColours, decodePoints, lengthOf } from '../decode';
import { categories, numbers, packed, points } from './packed';

describe('packed arrays', () => {
  it('become points without a copy', () => {
    const buffer = points();
    const found = decodePoints(buffer, trans);
    expect([found.embedding, found.x, found.y]).toEqual([
      'X_umap',
      [-10, 10],
      [0, 20]
    ]);
    expect([...found.xs]).toEqual([0, 65534, 32767, 65535]);
    expect([...found.ys]).toEqual([0, 0, 65534, 65535]);
    expect(found.xs.buffer).toBe(buffer);
  });

  it('become categories or numbers', () => {
    const named = decodeColours(categories(), trans);
    expect(named.kind === 'categories' && [...named.codes]).toEqual([
      1, 1, 0, 255
    ]);
    const measured = decodeColours(numbers(), trans);
    expect(measured.kind === 'numbers' && [...measured.values]).toEqual([
      1,
      2,
      3,
      NaN
    ]);
    expect([lengthOf(named), lengthOf(measured)]).toEqual([4, 4]);
  });

  it.each([
    ['nothing', new ArrayBuffer(0)],
    ['something else', new TextEncoder().encode('{"error": {}}').buffer],
    ['a part of it', points().slice(0, 60)],
    ['a header without its arrays', points().slice(0, 240)],
    ['a type that is not known', packed({}, { x: Uint8Array.of(1) })],
    ['other arrays', packed({ kind: 'points' }, { z: Uint16Array.of(1) })]
  ])('that are %s are refused', (_, buffer) => {
    expect(() => decodePoints(buffer, trans)).toThrow('damaged');
  });

  it('of another kind than they say are refused', () => {
    const wrong = packed({ kind: 'numbers' }, { codes: Uint8Array.of(1) });
    expect(() => decodeColours(wrong, trans)).toThrow('damaged');
  });
});
