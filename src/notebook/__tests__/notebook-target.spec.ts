import { indexFor } from '../notebook-target';

const ids = ['a', 'b', 'c'];

describe('the index of a new cell', () => {
  it('is beside the cell that was named', () => {
    expect(indexFor(ids, { cell: 'b', side: 'above' }, null)).toBe(1);
    expect(indexFor(ids, { cell: 'b', side: 'below' }, null)).toBe(2);
  });

  it('is beside the active cell when the named one is gone', () => {
    const gone = { cell: 'x', side: 'above' as const };
    expect(indexFor(ids, gone, { cell: 'a', side: 'below' })).toBe(1);
    expect(indexFor(ids, null, { cell: 'a', side: 'above' })).toBe(0);
  });

  it('is the end of a notebook without an active cell', () => {
    expect(indexFor(ids, null, null)).toBe(3);
    expect(indexFor([], null, null)).toBe(0);
  });
});
