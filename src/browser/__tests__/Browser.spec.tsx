import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { FakeServer, settle } from '../../api/__tests__/server';
import type { SearchResult } from '../../api/models';
import { connection } from '../../connections/__tests__/records';
import { Browser } from '../Browser';
import { LiveModel } from '../liveModel';
import { LayoutModel } from '../layoutModel';
import { EMPTY_QUERY, toggleValue } from '../query';
import { SearchModel } from '../searchModel';
import { TickedModel } from '../tickedModel';
import { facet, hit, searchResult, source } from './records';
import { Stage } from './stage';

describe('Browser', () => {
  let server: FakeServer;
  let stage: Stage;
  let model: SearchModel;
  let live: LiveModel;
  let ticked: TickedModel;

  async function show(
    answer: (params: URLSearchParams) => SearchResult,
    query = EMPTY_QUERY
  ): Promise<void> {
    server = new FakeServer();
    server.rule = ({ url, route }) =>
      route === 'GET search' ? answer(url.searchParams) : undefined;
    stage = new Stage(server.client);
    model = new SearchModel(server.client, query);
    live = new LiveModel(server.client, stage.hub.connections, model);
    ticked = new TickedModel();
    stage.render(
      <Browser
        model={model}
        live={live}
        ticked={ticked}
        layout={new LayoutModel()}
        shortcut="Ctrl Shift Y"
      />
    );
    await act(async () => {
      await model.search();
      await settle();
    });
  }

  afterEach(() => {
    live.dispose();
    model.dispose();
  });

  it('sums up what the filters leave, exactly in the tooltip', async () => {
    await show(() => searchResult(214));
    const line = screen.getByRole('status');
    expect(line.textContent?.replace(/\u00a0/g, ' ').trim()).toBe(
      '214 datasets · 31.2 M cells · 1.9 TB'
    );
    expect(line.title).toContain('31,200,000 cells');
  });

  it('leads from the search field to the results and back', async () => {
    await show(() => searchResult(3));
    await userEvent.click(screen.getByRole('searchbox'));
    await userEvent.keyboard('{ArrowDown}');
    expect(document.activeElement).toBe(screen.getByRole('listbox'));
    await userEvent.keyboard('{ArrowUp}');
    expect(document.activeElement).toBe(screen.getByRole('searchbox'));
  });

  it('empties the search field with Escape', async () => {
    await show(() => searchResult(3), { ...EMPTY_QUERY, text: 'lung' });
    const field = screen.getByRole('searchbox');
    expect(field).toHaveProperty('value', 'lung');
    await userEvent.type(field, '{Escape}');
    expect(field).toHaveProperty('value', '');
  });

  it('limits the search to a Source by its chip', async () => {
    await show(() => searchResult(3));
    const chip = screen.getByRole('button', { name: /CELLxGENE/ });
    expect(chip.getAttribute('aria-pressed')).toBe('false');
    await userEvent.click(chip);
    expect(model.state.query.facets).toEqual({ source: ['cellxgene'] });
    expect(chip.getAttribute('aria-pressed')).toBe('true');
  });

  it('tells the state of a Source in words on keyboard focus', async () => {
    await show(() => searchResult(3));
    screen.getByRole('searchbox').focus();
    await userEvent.tab();
    expect(document.activeElement?.textContent).toContain('CELLxGENE');
  });

  it('opens a facet, chooses a value, and shows it as a tag to take away', async () => {
    await show(() => searchResult(3));
    const button = screen.getByRole('button', { name: 'Tissue' });
    expect(button.getAttribute('aria-expanded')).toBe('false');
    await userEvent.click(button);
    expect(button.getAttribute('aria-expanded')).toBe('true');
    await userEvent.click(screen.getByRole('checkbox', { name: /blood/ }));
    expect(model.state.query.facets).toEqual({ tissue: ['blood'] });
    await userEvent.click(
      screen.getByRole('button', { name: 'Remove the filter blood (Tissue)' })
    );
    expect(model.state.query).toEqual(EMPTY_QUERY);
  });

  it('keeps the text when all filters are cleared', async () => {
    await show(
      () => searchResult(3),
      toggleValue({ ...EMPTY_QUERY, text: 'pbmc' }, 'tissue', 'lung')
    );
    await userEvent.click(screen.getByRole('button', { name: 'Clear all' }));
    expect(model.state.query).toEqual({ ...EMPTY_QUERY, text: 'pbmc' });
  });

  it('shows the rarer facets on demand', async () => {
    await show(() =>
      searchResult(3, 0, 60, {
        facets: [
          facet('tissue', ['lung']),
          facet('sex', ['female', 'male']),
          facet('year', ['2026'])
        ]
      })
    );
    expect(screen.queryByRole('button', { name: 'Sex' })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'More filters' }));
    expect(screen.getByRole('button', { name: 'Sex' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Size' })).toBeTruthy();
  });

  it('says which words were searched instead', async () => {
    await show(() => searchResult(3, 0, 60, { corrected: 'pbmc' }), {
      ...EMPTY_QUERY,
      text: 'pmbc'
    });
    expect(screen.getByText('Showing results for “pbmc”.')).toBeTruthy();
  });

  it('says which condition to drop where nothing is found', async () => {
    await show(
      params =>
        searchResult(
          params.get('text') && params.get('facet')
            ? 0
            : params.get('text')
              ? 12
              : 214,
          0,
          1
        ),
      toggleValue({ ...EMPTY_QUERY, text: 'fibro' }, 'tissue', 'lung')
    );
    expect(screen.getByText('No dataset fits all of this')).toBeTruthy();
    expect(screen.getByText('214 datasets')).toBeTruthy();
    await userEvent.click(
      screen.getByRole('button', { name: 'Drop Tissue: lung' })
    );
    expect(model.state.query).toEqual({ ...EMPTY_QUERY, text: 'fibro' });
  });

  it('says how to connect a Source where there is none', async () => {
    await show(() => searchResult(0, 0, 60, { sources: [] }));
    expect(screen.getByText('No Source is configured')).toBeTruthy();
    expect(screen.queryByRole('searchbox')).toBeNull();
  });

  it('says that the catalogs are on their way', async () => {
    await show(() =>
      searchResult(0, 0, 60, {
        sources: [
          source({
            state: 'refreshing',
            datasets: 0,
            progress: '1,200 of 2,127'
          })
        ]
      })
    );
    expect(screen.getByText('The catalogs are on their way')).toBeTruthy();
    expect(screen.getByText('CELLxGENE: 1,200 of 2,127')).toBeTruthy();
  });

  it('says how old the catalog of an offline Source is, the reason in a fold', async () => {
    const harvested = new Date(Date.now() - 2 * 3_600_000).toISOString();
    await show(() =>
      searchResult(3, 0, 60, {
        sources: [
          source({
            state: 'offline',
            harvested,
            error: {
              code: 'unreachable',
              message: 'CELLxGENE cannot be reached (api.example.org)',
              source: 'cellxgene',
              hint: 'Check the network.',
              retry_after: null,
              fields: [],
              cost: null,
              position: null
            }
          })
        ]
      })
    );
    expect(
      screen.getByText(
        'CELLxGENE is out of reach: showing its catalog of 2 hours ago.'
      )
    ).toBeTruthy();
    expect(screen.getByText(/api.example.org/).closest('details')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await act(settle);
    expect(server.pending.map(({ route }) => route)).toEqual([
      'POST sources/cellxgene/refresh'
    ]);
    await userEvent.click(screen.getByRole('button', { name: 'Hide' }));
    expect(screen.queryByText(/out of reach/)).toBeNull();
  });

  it('says why a search failed, and searches again', async () => {
    await show(() => searchResult(3));
    server.rule = () => undefined;
    await act(async () => {
      void model.search();
      await settle();
      await server.next().answer('no', 500);
    });
    expect(
      screen.getByText('The search failed.').closest('[role=status]')
    ).toBeTruthy();
    server.rule = () => searchResult(3);
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await act(settle);
    expect(screen.queryByText('The search failed.')).toBeNull();
  });

  it('downloads all ticked datasets at once', async () => {
    await show(() => searchResult(9));
    act(() => ticked.add([hit(1), hit(2), hit(3)]));
    expect(screen.getByText('4.2 GB')).toBeTruthy();
    await userEvent.click(
      screen.getByRole('button', { name: 'Download 3 ticked' })
    );
    expect(stage.calls).toEqual([
      ['downloadAll', ['cellxgene:v1', 'cellxgene:v2', 'cellxgene:v3']]
    ]);
    expect(ticked.hits).toEqual([]);
  });

  it('searches the stores that let us in, and shows what they found below', async () => {
    await show(() => searchResult(3));
    jest.useFakeTimers();
    server.rule = ({ route, url }) =>
      route === 'GET sources/openbis-lab/search'
        ? searchResult(25, Number(url.searchParams.get('offset')), 20, {
            facets: [facet('space', ['LAB'])]
          })
        : route === 'GET search'
          ? searchResult(3)
          : undefined;
    act(() => stage.hub.connections.accept(connection()));
    act(() => model.setText('pbmc'));
    await act(() => jest.advanceTimersByTimeAsync(1000));
    const below = screen.getByRole('listbox', {
      name: 'Datasets of openBIS lab'
    });
    expect(within(below).getAllByRole('option')).toHaveLength(20);
    expect(screen.getByText('25 datasets')).toBeTruthy();
    expect(screen.getByText('28 datasets ·')).toBeTruthy();
    jest.useRealTimers();
    await userEvent.click(
      screen.getByRole('button', { name: 'Show more (5 left)' })
    );
    await act(settle);
    expect(within(below).getAllByRole('option')).toHaveLength(25);
  });

  it('says which filter keeps a store from being searched', async () => {
    await show(() => searchResult(3));
    jest.useFakeTimers();
    act(() => stage.hub.connections.accept(connection()));
    act(() => model.setQuery(toggleValue(EMPTY_QUERY, 'tissue', 'lung')));
    await act(() => jest.advanceTimersByTimeAsync(1000));
    jest.useRealTimers();
    expect(
      screen.getByText(/openBIS lab does not know the filter Tissue/)
    ).toBeTruthy();
    expect(server.pending).toEqual([]);
  });

  it('says why a store could not be searched', async () => {
    await show(() => searchResult(3));
    jest.useFakeTimers();
    act(() => stage.hub.connections.accept(connection()));
    act(() => model.setText('pbmc'));
    await act(() => jest.advanceTimersByTimeAsync(1000));
    await act(() => server.next().answer('', 502));
    jest.useRealTimers();
    expect(screen.getByText('openBIS lab could not be searched.')).toBeTruthy();
  });

  it('leads from the chip of a store that lets nobody in to its connection', async () => {
    await show(() =>
      searchResult(3, 0, 60, {
        sources: [source({ name: 'openbis-lab', title: 'openBIS lab' })]
      })
    );
    const names: unknown[] = [];
    stage.context.commands.addCommand('datahub:connections', {
      describedBy: { args: null },
      execute: ({ name }) => {
        names.push(name);
      }
    });
    act(() => stage.hub.connections.accept(connection({ state: 'expired' })));
    await userEvent.click(screen.getByRole('button', { name: /openBIS lab/ }));
    expect(names).toEqual(['openbis-lab']);
    act(() => stage.hub.connections.accept(connection()));
    await userEvent.click(screen.getByRole('button', { name: /openBIS lab/ }));
    expect(model.state.query.facets).toEqual({ source: ['openbis-lab'] });
  });
});
