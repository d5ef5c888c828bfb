import { FakeServer, settle } from '../../api/__tests__/server';
import { EMPTY_QUERY, toggleValue } from '../query';
import { SearchModel } from '../searchModel';
import { pageOf, searchResult, source } from './records';

const LUNG = toggleValue(EMPTY_QUERY, 'tissue', 'lung');

describe('SearchModel', () => {
  let server: FakeServer;
  let model: SearchModel;

  beforeEach(() => {
    jest.useFakeTimers();
    server = new FakeServer();
    model = new SearchModel(server.client);
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  it('searches once the typing rests', async () => {
    model.setText('l');
    jest.advanceTimersByTime(100);
    model.setText('lu');
    model.setText('lung');
    expect(model.state.query.text).toBe('lung');
    jest.advanceTimersByTime(119);
    await settle();
    expect(server.pending).toHaveLength(0);
    jest.advanceTimersByTime(1);
    await settle();
    expect(server.next().url.searchParams.get('text')).toBe('lung');
    expect(server.pending).toHaveLength(0);
  });

  it('drops the answer to an older question, and calls it off', async () => {
    void model.search();
    await settle();
    const first = server.next();
    model.setQuery(LUNG);
    await settle();
    const second = server.next();
    expect(first.request.signal.aborted).toBe(true);
    await second.answer(searchResult(7));
    await first.answer(searchResult(99));
    expect(model.state.result?.total).toBe(7);
    expect(model.state.error).toBeNull();
  });

  it('shows a skeleton only for an answer that is late', async () => {
    void model.search();
    await settle();
    jest.advanceTimersByTime(99);
    expect(model.state.loading).toBe(false);
    jest.advanceTimersByTime(1);
    expect(model.state.loading).toBe(true);
    await server.next().answer(searchResult(3));
    expect(model.state.loading).toBe(false);

    void model.search();
    await settle();
    await server.next().answer(searchResult(3));
    jest.advanceTimersByTime(1000);
    expect(model.state.loading).toBe(false);
  });

  it('keeps why there is no answer', async () => {
    void model.search();
    await settle();
    await server.next().answer('no', 500);
    expect(model.state.error).toMatchObject({ status: 500 });
    void model.search();
    await settle();
    await server.next().answer(searchResult(3));
    expect(model.state.error).toBeNull();
  });

  describe('with a long list', () => {
    beforeEach(async () => {
      server.rule = request => pageOf(100_000, request.url);
      await model.search();
      server.rule = () => undefined;
    });

    const offsets = (): number[] =>
      server.pending.map(({ url }) => Number(url.searchParams.get('offset')));

    it('fetches the rows that are looked at', async () => {
      expect(model.hit(59)?.title).toBe('Dataset 59');
      expect(model.hit(50_000)).toBeUndefined();
      model.show(50_010, 50_012);
      jest.advanceTimersByTime(60);
      await settle();
      // The page in sight, and the one that a little scrolling would bring.
      expect(offsets()).toEqual([49_980, 50_040]);
      const asked = server.next();
      await asked.answer(pageOf(100_000, asked.url));
      expect(model.hit(50_000)?.title).toBe('Dataset 50000');
      expect(model.hit(50_040)).toBeUndefined();
    });

    it('fetches while the list is scrolled without a rest', async () => {
      for (let row = 0; row < 200; row += 2) {
        model.show(row, row + 10);
        jest.advanceTimersByTime(16);
        await settle();
      }
      expect(offsets()).toEqual([60, 120, 180]);
    });

    it('fetches nothing of what only flies by', async () => {
      for (let row = 0; row < 90_000; row += 1000) {
        model.show(row, row + 10);
        jest.advanceTimersByTime(10);
        await settle();
      }
      expect(server.pending).toHaveLength(0);
      jest.advanceTimersByTime(120);
      await settle();
      expect(offsets()).toEqual([88_920, 88_980, 89_040]);
    });

    it('calls off pages that nobody looks at any more', async () => {
      model.show(30_000, 30_010);
      jest.advanceTimersByTime(60);
      await settle();
      const left = server.next();
      model.show(60_000, 60_010);
      jest.advanceTimersByTime(60);
      await settle();
      expect(left.request.signal.aborted).toBe(true);
      expect(model.state.pageError).toBeNull();
    });

    it('says why rows are missing, and tries again', async () => {
      model.show(600, 610);
      jest.advanceTimersByTime(60);
      await settle();
      await server.next().answer('no', 500);
      expect(model.state.pageError).toMatchObject({ status: 500 });
      model.retryPages();
      await settle();
      const again = server.next();
      await again.answer(pageOf(100_000, again.url));
      expect(model.state.pageError).toBeNull();
      expect(model.hit(600)?.title).toBe('Dataset 600');
    });

    it('keeps the pages used last', async () => {
      server.rule = request => pageOf(100_000, request.url);
      for (let page = 1; page <= 40; page++) {
        model.show(page * 60, page * 60);
        jest.advanceTimersByTime(60);
        await settle();
      }
      expect(model.hit(40 * 60)?.title).toBe('Dataset 2400');
      expect(model.hit(0)).toBeUndefined();
    });
  });

  it('finds which single condition leaves nothing', async () => {
    server.rule = ({ url }) => {
      const text = url.searchParams.get('text');
      const tissue = url.searchParams.get('facet');
      return searchResult(text && tissue ? 0 : text ? 12 : 214, 0, 1);
    };
    model.setQuery({ ...LUNG, text: 'fibroblast' });
    await settle();
    await settle();
    const ways = model.state.waysOut ?? [];
    expect(ways.map(({ condition, total }) => [condition.kind, total])).toEqual(
      [
        ['text', 214],
        ['value', 12]
      ]
    );
  });

  it('asks for no way out where nothing was asked', async () => {
    server.rule = () => searchResult(0);
    await model.search();
    expect(model.state.waysOut).toBeNull();
  });

  describe('when a catalog changes', () => {
    it('marks a list that is read, and leaves its rows', async () => {
      server.rule = () => searchResult(5);
      await model.search();
      const before = model.state.answer;
      server.rule = () => searchResult(6);
      model.takeStatus(source({ datasets: 2128, matches: null }));
      await settle();
      expect(model.state.outdated).toBe(true);
      expect(model.state.answer).toBe(before);
      await model.search();
      expect(model.state.outdated).toBe(false);
    });

    it('says nothing where the answer is the same as before', async () => {
      server.rule = () => searchResult(5);
      await model.search();
      model.markLibrary(() => true);
      model.takeStatus(source({ harvested: '2026-11-21T11:00:00Z' }));
      await settle();
      expect(model.state.outdated).toBe(false);
      expect(model.hit(0)?.in_library).toBe(true);
    });

    it('fills a list that is empty by itself', async () => {
      server.rule = () =>
        searchResult(0, 0, 60, {
          sources: [source({ state: 'refreshing', datasets: 0 })]
        });
      await model.search();
      server.rule = () => searchResult(5);
      model.takeStatus(source({ datasets: 5 }));
      await settle();
      expect(model.state.result?.total).toBe(5);
    });

    it('says nothing where only the progress is new', async () => {
      server.rule = () => searchResult(5);
      await model.search();
      model.takeStatus(source({ state: 'refreshing', progress: '12 of 99' }));
      expect(model.state.outdated).toBe(false);
      expect(model.state.sources?.[0].progress).toBe('12 of 99');
    });
  });

  it('marks rows whose file has come into the library', async () => {
    server.rule = () => searchResult(2);
    await model.search();
    model.markLibrary(ref => ref === 'cellxgene:v1');
    expect(model.hit(0)?.in_library).toBe(false);
    expect(model.hit(1)?.in_library).toBe(true);
  });
});
