import type { Event, ServiceManager } from '@jupyterlab/services';
import { StateDB } from '@jupyterlab/statedb';
import { CommandRegistry } from '@lumino/commands';
import { Stream } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { act } from '@testing-library/react';

import { FakeServer, settle } from '../../api/__tests__/server';
import { CATALOG_EVENT, TRANSFER_EVENT } from '../../api/events';
import { connection } from '../../connections/__tests__/records';
import { transfer } from '../../transfers/__tests__/records';
import { EMPTY_QUERY, toggleValue } from '../query';
import { SidebarBody } from '../sidebarBody';
import { searchResult, source } from './records';
import { Stage } from './stage';

const KEY = 'jupyterlab-datahub:sidebar';
const LUNG = toggleValue(EMPTY_QUERY, 'tissue', 'lung');

describe('SidebarBody', () => {
  let server: FakeServer;
  let stage: Stage;
  let stateDB: StateDB;
  let stream: Stream<unknown, Event.Emission>;
  let body: SidebarBody;

  beforeEach(() => {
    server = new FakeServer();
    server.rule = ({ route }) =>
      route === 'GET library'
        ? { items: [], path: '', used: 0, free: 0, reserve: 0, partial: 0 }
        : route === 'GET sources'
          ? { sources: [source()] }
          : searchResult(5);
    stage = new Stage(server.client);
    stateDB = new StateDB();
    stream = new Stream({});
  });

  afterEach(() => {
    act(() => body.dispose());
    jest.useRealTimers();
  });

  async function show(): Promise<void> {
    body = new SidebarBody({
      hub: stage.hub,
      commands: new CommandRegistry(),
      services: { events: { stream } } as unknown as ServiceManager.IManager,
      stateDB,
      stateKey: KEY,
      shortcut: () => 'Ctrl Shift Y'
    });
    // What is drawn inside of `act` is drawn at its end.
    await act(async () => {
      Widget.attach(body, document.body);
      await settle();
    });
    await act(async () => {
      await body.ready;
      await settle();
    });
  }

  it('comes back as it was left', async () => {
    await stateDB.save(KEY, {
      query: { ...LUNG, sort: 'size' },
      layout: { transfers: true, facet: 'tissue' }
    });
    await show();
    expect(body.search.state.query).toEqual({ ...LUNG, sort: 'size' });
    expect(
      [...body.node.querySelectorAll('[aria-expanded=true]')].map(
        ({ textContent }) => textContent
      )
    ).toEqual(['Tissue1', 'Transfers']);
  });

  it('is as new where what was kept makes no sense', async () => {
    await stateDB.save(KEY, 'no such thing');
    await show();
    expect(body.search.state.query).toEqual(EMPTY_QUERY);
  });

  it('keeps what is asked and what is open', async () => {
    await show();
    jest.useFakeTimers();
    await act(async () => {
      body.search.setQuery(LUNG);
      body.layoutModel.update({ library: true });
      await settle();
    });
    await act(() => jest.advanceTimersByTimeAsync(1000));
    expect(await stateDB.fetch(KEY)).toEqual({
      query: LUNG,
      layout: {
        transfers: false,
        library: true,
        facet: '',
        allFacets: false,
        browse: false,
        live: true
      }
    });
  });

  it('puts the cursor into the search field', async () => {
    await show();
    body.sidebar?.focusSearch();
    expect(document.activeElement?.getAttribute('type')).toBe('search');
  });

  it('takes the news of a catalog, and no other', async () => {
    await show();
    await act(async () => {
      stream.emit({ schema_id: TRANSFER_EVENT, ...transfer() });
      stream.emit({
        schema_id: CATALOG_EVENT,
        ...source({ state: 'refreshing', progress: '7 of 9' })
      });
      await settle();
    });
    expect(body.search.state.sources).toHaveLength(1);
    expect(body.search.state.sources?.[0].progress).toBe('7 of 9');
  });

  it('reads the Sources anew when a connection has come or gone', async () => {
    await show();
    const names = (): string[] | undefined =>
      body.search.state.sources?.map(({ name }) => name);
    const store = { ...source(), name: 'lab' };
    const before = server.rule;
    server.rule = request =>
      request.route === 'GET sources'
        ? { sources: [source(), store] }
        : before(request);
    await act(async () => {
      stage.hub.connections.accept(connection({ name: 'lab' }));
      await settle();
    });
    expect(names()).toContain('lab');
    await act(async () => {
      body.search.setQuery(toggleValue(EMPTY_QUERY, 'source', 'lab'));
      await settle();
    });
    server.rule = request =>
      request.route === 'GET connections'
        ? { connections: [] }
        : before(request);
    await act(async () => {
      await stage.hub.connections.refresh();
      await settle();
    });
    expect(names()).not.toContain('lab');
    expect(body.search.state.query).toEqual(EMPTY_QUERY);
  });

  it('marks a row as soon as its file is in the library', async () => {
    await show();
    expect(body.search.hit(1)?.in_library).toBe(false);
    server.rule = () => ({
      items: [{ sha256: 'a', ref: 'cellxgene:v1/local.h5ad', links: [] }],
      path: '',
      used: 1,
      free: 9,
      reserve: 0,
      partial: 0
    });
    await act(async () => {
      stage.hub.transfers.accept(transfer());
      stage.hub.transfers.accept(transfer({ state: 'done', sequence: 2 }));
      await settle();
    });
    expect(body.search.hit(1)?.in_library).toBe(true);
  });
});
