import { FakeServer, settle } from '../../api/__tests__/server';
import { connection } from '../../connections/__tests__/records';
import { ConnectionsModel } from '../../connections/model';
import { LiveModel } from '../liveModel';
import { EMPTY_QUERY, type Query } from '../query';
import { SearchModel } from '../searchModel';
import { facet, searchResult, source } from './records';

const ATLAS = source({ name: 'hca', title: 'Atlas', live: true });
const COMMONS = source({ name: 'gen3', title: 'Commons', live: true });
const LAB = source({ name: 'lab', title: 'Lab', live: true, login: true });

describe('LiveModel', () => {
  let server: FakeServer;
  let connections: ConnectionsModel;
  let search: SearchModel;
  let live: LiveModel;

  beforeEach(() => {
    jest.useFakeTimers();
    server = new FakeServer();
    server.rule = ({ route }) =>
      route === 'GET search'
        ? searchResult(3, 0, 60, { sources: [source(), ATLAS, COMMONS, LAB] })
        : undefined;
    connections = new ConnectionsModel(server.client);
    search = new SearchModel(server.client);
    live = new LiveModel(server.client, connections, search);
  });

  afterEach(() => {
    live.dispose();
    search.dispose();
    jest.useRealTimers();
  });

  async function ask(query: Partial<Query>): Promise<void> {
    search.setQuery({ ...EMPTY_QUERY, ...query });
    await jest.advanceTimersByTimeAsync(400);
  }

  const routes = (): string[] => server.pending.map(({ route }) => route);
  const newest = (name: string): URLSearchParams =>
    [...server.pending]
      .reverse()
      .find(({ route }) => route === `GET sources/${name}/search`)!.url
      .searchParams;
  const answer = (name: string) =>
    live.answers.find(each => each.source === name);

  it('asks each store that is open to everybody, and no other before somebody is let in', async () => {
    await ask({ text: 'lung' });
    expect(routes()).toEqual([
      'GET sources/hca/search',
      'GET sources/gen3/search'
    ]);
    connections.accept(connection({ name: 'lab', title: 'Lab' }));
    await jest.advanceTimersByTimeAsync(400);
    expect(routes()).toContain('GET sources/lab/search');
  });

  it('counts before anything is searched, without showing rows', async () => {
    await ask({});
    await server.next().answer(searchResult(512));
    expect(answer('hca')).toMatchObject({ total: 512, shown: false });
    await ask({ text: 'lung' });
    expect(answer('hca')?.shown).toBe(true);
  });

  it('takes the place of the rows at once, before anybody is asked', async () => {
    await ask({});
    server.pending.length = 0;
    search.setQuery({ ...EMPTY_QUERY, text: 'lung' });
    expect(answer('hca')).toMatchObject({ shown: true, loading: true });
    expect(server.pending.map(({ route }) => route)).not.toContain(
      'GET sources/hca/search'
    );
    await jest.advanceTimersByTimeAsync(400);
    expect(routes()).toContain('GET sources/hca/search');
  });

  it('shows the rows of the one that is chosen, and counts for the chips of others', async () => {
    await ask({ facets: { source: ['gen3'] } });
    const limits = server.pending.map(({ route, url }) => [
      route,
      url.searchParams.get('limit')
    ]);
    expect(limits).toEqual([
      ['GET sources/hca/search', '1'],
      ['GET sources/gen3/search', '20']
    ]);
    expect(live.only?.source).toBe('gen3');
    expect(answer('hca')?.shown).toBe(false);
  });

  it('asks each in its own spelling of a value', async () => {
    await ask({});
    await server
      .next()
      .answer(
        searchResult(2, 0, 20, { facets: [facet('tissue', ['Blood', 'lung'])] })
      );
    server.pending.length = 0;
    await ask({ facets: { tissue: ['blood'] } });
    const asked = server.pending.map(({ url }) =>
      url.searchParams.getAll('facet')
    );
    expect(asked).toEqual([['tissue=Blood'], ['tissue=blood']]);
  });

  it('puts a late answer below those that are there', async () => {
    await ask({ text: 'lung' });
    await server.pending[1].answer(searchResult(4));
    expect(live.answers.map(({ source }) => source)).toEqual(['gen3', 'hca']);
    await server.pending[0].answer(searchResult(4));
    expect(live.answers.map(({ source }) => source)).toEqual(['gen3', 'hca']);
  });

  it('takes the answer of one while another hangs, which is called slow', async () => {
    await ask({ text: 'lung' });
    await server.pending[1].answer(searchResult(4));
    await jest.advanceTimersByTimeAsync(12_000);
    expect(answer('gen3')).toMatchObject({ total: 4, loading: false });
    expect(answer('hca')).toMatchObject({ loading: true, waited: 12 });
    live.keepWaiting('hca');
    await jest.advanceTimersByTimeAsync(2000);
    expect(answer('hca')).toMatchObject({ loading: true, waited: 0 });
    live.hide('hca');
    expect(answer('hca')).toMatchObject({ loading: false, shown: false });
  });

  it('keeps what a store offered until it offers something else', async () => {
    await ask({ text: 'lung' });
    await server.next().answer(
      searchResult(2, 0, 20, {
        facets: [facet('sex', ['female'])],
        entities: [{ name: 'files', title: 'Files' }]
      })
    );
    await ask({ text: 'lungs' });
    expect(answer('hca')).toMatchObject({ loading: true, hits: [] });
    expect(answer('hca')?.facets[0].name).toBe('sex');
    expect(answer('hca')?.entities).toHaveLength(1);
  });

  it('names the filters that a store does not know, and leaves it alone', async () => {
    await ask({ text: 'lung' });
    await server.next().answer(searchResult(2));
    server.pending.length = 0;
    await ask({ facets: { sex: ['female'] } });
    expect(answer('hca')?.unknown).toEqual(['sex']);
    // The other has not answered yet, and may well know what all know.
    expect(routes()).toEqual(['GET sources/gen3/search']);
  });

  it('asks for another kind of thing, until another store is chosen', async () => {
    await ask({ facets: { source: ['hca'] } });
    live.setEntity('hca', 'files');
    await jest.advanceTimersByTimeAsync(400);
    expect(newest('hca').get('entity')).toBe('files');
    await ask({ facets: { source: ['gen3'] } });
    expect(newest('hca').has('entity')).toBe(false);
    await ask({ facets: { source: ['hca'] } });
    expect(newest('hca').has('entity')).toBe(false);
  });

  it('keeps why a store could not be searched, and tries again', async () => {
    await ask({ facets: { source: ['hca'] } });
    await server.next().answer('', 502);
    expect(answer('hca')?.error).not.toBeNull();
    server.pending.length = 0;
    void live.more('hca');
    await settle();
    await server.next().answer(searchResult(1));
    expect(answer('hca')).toMatchObject({ error: null, total: 1 });
  });
});
