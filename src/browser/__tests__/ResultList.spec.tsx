import { act, fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createRef, useRef, type ReactElement, type RefObject } from 'react';

import { FakeServer, settle } from '../../api/__tests__/server';
import { ResultList, type IResultList } from '../ResultList';
import { SearchModel } from '../searchModel';
import { TickedModel } from '../tickedModel';
import { hit, pageOf, searchResult, source } from './records';
import { Stage } from './stage';

/** Pixels of the list's window; a row has 66. */
const WINDOW = 660;

/** What the list scrolls in. */
function Scrolled(props: {
  children: (scroller: RefObject<HTMLDivElement>) => ReactElement;
}): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  return <div ref={scroller}>{props.children(scroller)}</div>;
}

describe('ResultList', () => {
  let stage: Stage;
  let model: SearchModel;
  let ticked: TickedModel;
  let left: number;

  beforeAll(() => {
    // The virtual list asks its window for its size, which jsdom does not know.
    jest
      .spyOn(Element.prototype, 'clientHeight', 'get')
      .mockReturnValue(WINDOW);
  });

  afterAll(() => {
    jest.restoreAllMocks();
  });

  async function show(total: number): Promise<void> {
    const server = new FakeServer();
    server.rule = request => pageOf(total, request.url);
    stage = new Stage(server.client);
    model = new SearchModel(server.client);
    ticked = new TickedModel();
    left = 0;
    await model.search();
    const list = createRef<IResultList>();
    stage.render(
      <Scrolled>
        {scroller => (
          <ResultList
            ref={list}
            model={model}
            ticked={ticked}
            sources={[source()]}
            scroller={scroller}
            onLeave={() => {
              left += 1;
            }}
          />
        )}
      </Scrolled>
    );
    await act(async () => {
      list.current?.focus();
      await settle();
    });
  }

  afterEach(() => {
    model.dispose();
  });

  const active = (): Element | null => {
    const id = screen
      .getByRole('listbox')
      .getAttribute('aria-activedescendant');
    return document.getElementById(id ?? '');
  };

  it('draws only the rows in sight, each with its place in the whole', async () => {
    await show(100_000);
    const rows = screen.getAllByRole('option');
    expect(rows.length).toBeGreaterThanOrEqual(10);
    expect(rows.length).toBeLessThan(40);
    expect(rows[3].getAttribute('aria-posinset')).toBe('4');
    expect(rows[3].getAttribute('aria-setsize')).toBe('100000');
    expect(screen.getByRole('listbox').style.height).toBe('6600000px');
  });

  it('says a row in words', async () => {
    await show(3);
    expect(screen.getAllByRole('option')[0].getAttribute('aria-label')).toBe(
      "Dataset 0, CELLxGENE, Homo sapiens · lung · 10x 3' v3, 65,847 cells, 1.4\u00a0GB, open, 2026-06"
    );
  });

  it('is walked through by keys, the active row always being there', async () => {
    await show(100_000);
    expect(active()?.getAttribute('aria-posinset')).toBe('1');
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    expect(active()?.getAttribute('aria-posinset')).toBe('3');
    await userEvent.keyboard('{End}');
    expect(active()?.getAttribute('aria-posinset')).toBe('100000');
    await userEvent.keyboard('{Home}{ArrowUp}');
    expect(left).toBe(1);
  });

  it('opens with Enter, loads with Ctrl+Enter', async () => {
    await show(3);
    await userEvent.keyboard('{ArrowDown}{Enter}{Control>}{Enter}{/Control}');
    expect(stage.calls).toEqual([
      ['openDataset', 'cellxgene:v1'],
      ['load', 'cellxgene:v1', 'Dataset 1']
    ]);
  });

  it('ticks with Space, and unticks all with Escape before it is left', async () => {
    await show(5);
    await userEvent.keyboard(' {ArrowDown}{ArrowDown} ');
    expect(ticked.hits.map(({ id }) => id)).toEqual(['0', '2']);
    expect(screen.getAllByRole('option', { selected: true })).toHaveLength(2);
    await userEvent.keyboard('{Escape}');
    expect(ticked.hits).toHaveLength(0);
    expect(left).toBe(0);
    await userEvent.keyboard('{Escape}');
    expect(left).toBe(1);
  });

  it('ticks a span with Shift', async () => {
    await show(9);
    await userEvent.keyboard(
      '{ArrowDown} {ArrowDown}{ArrowDown}{Shift>} {/Shift}'
    );
    expect(ticked.hits.map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  it('has the actions of the active row one Tab away', async () => {
    await show(3);
    await userEvent.keyboard('{ArrowDown}');
    const toolbar = screen.getByRole('toolbar', {
      name: 'Actions for Dataset 1'
    });
    expect(toolbar).toBeTruthy();
    await userEvent.tab();
    expect(document.activeElement?.getAttribute('aria-label')).toBe(
      'Load Dataset 1'
    );
    await userEvent.tab();
    await userEvent.keyboard('{Enter}');
    const { title, size } = hit(1);
    expect(stage.calls).toEqual([
      ['download', 'cellxgene:v1', { title, size }]
    ]);
  });

  it('shows the actions of the row under the pointer', async () => {
    await show(9);
    // jsdom has no layout: the list begins at the top of the page.
    fireEvent.mouseMove(screen.getByRole('listbox'), {
      clientX: 10,
      clientY: 66 * 4 + 10
    });
    expect(
      screen.getByRole('toolbar', { name: 'Actions for Dataset 4' })
    ).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Load Dataset 4' }));
    expect(stage.calls).toEqual([['load', 'cellxgene:v4', 'Dataset 4']]);
  });

  it('opens by a click on the title, and ticks by a click on the box', async () => {
    await show(3);
    const rows = screen.getAllByRole('option');
    const at = { clientX: 60, clientY: 66 + 10 };
    fireEvent.click(rows[1].querySelector('.jp-DataHub-rowTitle')!, at);
    fireEvent.click(rows[1].querySelector('.jp-DataHub-tick')!, at);
    fireEvent.click(rows[1].querySelector('.jp-DataHub-rowSubject')!, at);
    expect(stage.calls).toEqual([['openDataset', 'cellxgene:v1']]);
    expect(ticked.has('cellxgene:v1')).toBe(true);
  });

  it('shows how far the download of a row is', async () => {
    await show(3);
    await act(async () => {
      stage.hub.transfers.accept({
        id: 't1',
        ref: 'cellxgene:v1/local.h5ad',
        title: 'Dataset 1',
        name: 'local.h5ad',
        source: 'cellxgene',
        state: 'running',
        done: 62,
        size: 100,
        rate: 1,
        remaining: 1,
        note: '',
        path: '',
        sha256: '',
        error: null,
        created: '',
        updated: '',
        sequence: 1
      });
      await settle();
    });
    expect(screen.getAllByRole('option')[1].textContent).toContain('62%');
  });

  it('goes back to its top with a new answer', async () => {
    await show(50);
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    await act(() => model.search());
    expect(active()?.getAttribute('aria-posinset')).toBe('1');
  });

  it('is not there where nothing was found', async () => {
    await show(0);
    expect(screen.queryByRole('listbox')).toBeNull();
    expect(searchResult(0).hits).toEqual([]);
  });
});
