import { StateDB } from '@jupyterlab/statedb';

import { BrowserStore, StateStore } from '../wish-store';
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
    const before = new WishList(new StateStore(db));
    before.add(wish);
    const after = new WishList(new StateStore(db));
    await after.restore();
    expect(after.all).toEqual([expect.objectContaining(wish)]);
    expect(after.all[0].id).toBe(before.all[0].id);
  });

  it('are kept beside those of the new page', async () => {
    const db = new StateDB();
    new WishList(new StateStore(db)).add(wish);
    const after = new WishList(new StateStore(db));
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
    const list = new WishList(new StateStore(db));
    list.remove(list.add(wish));
    const after = new WishList(new StateStore(db));
    await after.restore();
    expect(after.all).toEqual([]);
  });

  it('follow a document that is renamed', async () => {
    const db = new StateDB();
    const list = new WishList(new StateStore(db));
    const { id } = list.add(wish);
    list.rename('a.ipynb', 'sub/b.ipynb');
    list.rename('other.ipynb', 'c.ipynb');
    const after = new WishList(new StateStore(db));
    await after.restore();
    expect(after.all[0]).toMatchObject({ id, target: { path: 'sub/b.ipynb' } });
  });

  it('are not waited for for ever', async () => {
    const db = new StateDB();
    const { created } = new WishList(new StateStore(db)).add(wish);
    const after = new WishList(new StateStore(db));
    await after.restore(created + 49 * 3600 * 1000);
    expect(after.all).toEqual([]);
  });

  it('are shared by the pages of one server', async () => {
    window.localStorage.clear();
    const one = new WishList(new BrowserStore('/user/me/'));
    const other = new WishList(new BrowserStore('/user/me/'));
    const stranger = new WishList(new BrowserStore('/user/you/'));
    one.add(wish);
    await other.restore();
    await stranger.restore();
    expect(other.all).toEqual(one.all);
    expect(stranger.all).toEqual([]);

    const told = new Promise(resolve => one.changed.connect(resolve));
    other.remove(other.all[0]);
    window.dispatchEvent(
      new StorageEvent('storage', {
        key: 'jupyterlab-datahub:loads:/user/me/'
      })
    );
    await told;
    expect(one.all).toEqual([]);
  });

  it('are none where the storage of the browser holds something else', async () => {
    window.localStorage.setItem('jupyterlab-datahub:loads:/', '{broken');
    const list = new WishList(new BrowserStore('/'));
    await list.restore();
    expect(list.all).toEqual([]);
  });

  it.each([
    [undefined],
    [null],
    [{ wishes: 'text' }],
    [
      {
        wishes: [
          null,
          1,
          { ...wish, id: 'x', created: 1, target: { kind: 'file' } }
        ]
      }
    ],
    [{ wishes: [{ ...wish, id: 'x', created: 1, place: { cell: 1 } }] }],
    [{ wishes: [wish] }],
    [{ wishes: [{ ...wish, id: 'x' }] }]
  ])('leave out what is none: %p', saved => {
    expect(parseWishes(saved)).toEqual([]);
  });
});
