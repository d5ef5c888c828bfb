import { StateDB } from '@jupyterlab/statedb';

import { parseWishes, WishList } from '../wishes';

const wish = {
  transfer: 't1',
  ref: 'cellxgene:v1',
  title: 'Lung',
  target: { kind: 'notebook' as const, path: 'a.ipynb' },
  place: { cell: 'c1', side: 'below' as const }
};

describe('the loads that wait', () => {
  it('survive a reload of the page', async () => {
    const db = new StateDB();
    const before = new WishList(db);
    before.add(wish);
    const after = new WishList(db);
    await after.restore();
    expect(after.all).toEqual([expect.objectContaining(wish)]);
    expect(after.all[0].id).toBe(before.all[0].id);
  });

  it('are kept beside those of the new page', async () => {
    const db = new StateDB();
    new WishList(db).add(wish);
    const after = new WishList(db);
    const own = { ...wish, transfer: 't2' };
    const restoring = after.restore();
    after.add(own);
    await restoring;
    expect(after.all.map(({ transfer }) => transfer)).toEqual(['t1', 't2']);
  });

  it('are there once for a dataset and a document', () => {
    const list = new WishList(null);
    const first = list.add(wish);
    expect(list.add(wish)).toBe(first);
    list.add({ ...wish, target: { ...wish.target, path: 'b.ipynb' } });
    expect(list.all).toHaveLength(2);
  });

  it('are gone for good once they are taken off', async () => {
    const db = new StateDB();
    const list = new WishList(db);
    list.remove(list.add(wish));
    const after = new WishList(db);
    await after.restore();
    expect(after.all).toEqual([]);
  });

  it('follow a document that is renamed', async () => {
    const db = new StateDB();
    const list = new WishList(db);
    const { id } = list.add(wish);
    list.rename('a.ipynb', 'sub/b.ipynb');
    list.rename('other.ipynb', 'c.ipynb');
    const after = new WishList(db);
    await after.restore();
    expect(after.all[0]).toMatchObject({ id, target: { path: 'sub/b.ipynb' } });
  });

  it.each([
    [undefined],
    [null],
    [{ wishes: 'text' }],
    [{ wishes: [null, 1, { ...wish, id: 'x', target: { kind: 'file' } }] }],
    [{ wishes: [{ ...wish, id: 'x', place: { cell: 1 } }] }],
    [{ wishes: [wish] }]
  ])('leave out what is none: %p', saved => {
    expect(parseWishes(saved)).toEqual([]);
  });
});
