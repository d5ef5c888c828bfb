import { act, fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { FakeServer, settle } from '../../api/__tests__/server';
import type { Connection, NodePage } from '../../api/models';
import { Stage } from '../../browser/__tests__/stage';
import { TickedModel } from '../../browser/tickedModel';
import { connection } from '../../connections/__tests__/records';
import { CommandIDs } from '../../tokens';
import { BrowseSection } from '../BrowseSection';
import { TreeModel } from '../model';
import { node, space } from './records';

const NODES: { [node: string]: NodePage } = {
  '': {
    nodes: [space('DEFAULT'), space('LAB')],
    total: 2,
    uncounted: false,
    offset: 0
  },
  'space:DEFAULT': { nodes: [], total: 0, uncounted: false, offset: 0 },
  'space:LAB': {
    nodes: [
      node(),
      node({
        id: 'dataset:2',
        ref: 'openbis:bis.example.org/2',
        title: 'Old run',
        status: 'ARCHIVED'
      })
    ],
    total: 2,
    uncounted: false,
    offset: 0
  }
};

describe('BrowseSection', () => {
  let server: FakeServer;
  let stage: Stage;
  let ticked: TickedModel;
  let model: TreeModel;
  let executed: [string, unknown][];

  async function show(
    items: readonly Connection[],
    open: readonly Connection[] = []
  ): Promise<void> {
    server = new FakeServer();
    server.rule = ({ route, url }) =>
      route === 'GET connections'
        ? { connections: items, kinds: [], open }
        : route.startsWith('GET tree/')
          ? NODES[url.searchParams.get('node') ?? '']
          : undefined;
    stage = new Stage(server.client);
    executed = [];
    stage.context.commands.addCommand(CommandIDs.connections, {
      describedBy: { args: null },
      execute: args => {
        executed.push([CommandIDs.connections, args]);
      }
    });
    ticked = new TickedModel();
    model = new TreeModel(server.client, stage.hub.connections);
    await stage.hub.connections.refresh();
    stage.render(<BrowseSection model={model} ticked={ticked} />);
    await act(settle);
  }

  afterEach(() => model.dispose());

  const names = (): string[] =>
    screen
      .getAllByRole('treeitem')
      .map(item => item.getAttribute('aria-label') ?? '');
  const active = (): string =>
    document
      .getElementById(
        screen.getByRole('tree').getAttribute('aria-activedescendant') ?? ''
      )
      ?.getAttribute('aria-label') ?? '';
  async function keys(text: string): Promise<void> {
    await userEvent.keyboard(text);
    await act(settle);
  }

  it('shows a store that lets us in with its spaces, and nothing below them', async () => {
    await show([connection()]);
    expect(names()).toEqual([
      'openBIS lab, connected as ada',
      'DEFAULT, space, 1 entry',
      'LAB, space, 1 entry'
    ]);
    const [store, first] = screen.getAllByRole('treeitem');
    expect(store.getAttribute('aria-expanded')).toBe('true');
    expect(first.getAttribute('aria-level')).toBe('2');
    expect(first.getAttribute('aria-expanded')).toBe('false');
  });

  it('is walked, unfolded, opened and ticked by the keyboard', async () => {
    await show([connection()]);
    screen.getByRole('tree').focus();
    await keys('{End}{ArrowRight}');
    expect(names()).toHaveLength(5);
    await keys('{ArrowRight}');
    expect(active()).toBe(
      'PBMC raw, dataset, RAW_DATA · 3.15\u00a0MB · 2026-01'
    );
    await keys(' ');
    expect(ticked.hits.map(({ ref }) => ref)).toEqual([
      'openbis:bis.example.org/20260101-1'
    ]);
    expect(
      screen
        .getByRole('treeitem', { name: /^PBMC raw/ })
        .getAttribute('aria-selected')
    ).toBe('true');
    await keys('{Enter}');
    expect(stage.calls).toEqual([
      ['openDataset', 'openbis:bis.example.org/20260101-1']
    ]);
    await keys('{ArrowLeft}{ArrowLeft}');
    expect(active()).toBe('LAB, space, 1 entry');
    expect(names()).toHaveLength(3);
    await keys('d');
    expect(active()).toBe('DEFAULT, space, 1 entry');
  });

  it('finds the way to a node while the store is read anew', async () => {
    await show([connection()]);
    const { name } = connection();
    await act(async () => {
      const found = model.reveal(name, ['space:LAB', 'dataset:2']);
      model.refresh(name);
      expect(await found).toBe(true);
      expect(await model.reveal(name, ['space:LAB', 'gone'])).toBe(false);
    });
    expect(active()).toMatch(/^Old run/);
  });

  it('says what is archived, and that a node is empty', async () => {
    await show([connection()]);
    fireEvent.click(screen.getByText('LAB'));
    await act(settle);
    expect(screen.getByText('archived')).toBeTruthy();
    fireEvent.click(screen.getByText('DEFAULT'));
    await act(settle);
    expect(screen.getByText('Nothing in here that you may see')).toBeTruthy();
  });

  it('fetches the next page in its place', async () => {
    await show([connection()]);
    server.rule = ({ route, url }) => {
      const offset = Number(url.searchParams.get('offset'));
      return route.startsWith('GET tree/')
        ? {
            nodes: Array.from({ length: offset ? 50 : 100 }, (_, index) =>
              node({ id: `d${offset + index}`, title: `D${offset + index}` })
            ),
            total: 150,
            offset
          }
        : undefined;
    };
    fireEvent.click(screen.getByText('LAB'));
    await act(settle);
    const more = screen.getByText('Show 50 more (50 left)');
    fireEvent.click(more);
    await act(settle);
    expect(names()).toHaveLength(153);
    expect(screen.queryByText(/^Show/)).toBeNull();
    expect(screen.getByText('D149')).toBeTruthy();
  });

  it('says in its place why children could not be fetched, and tries again', async () => {
    await show([connection()]);
    server.rule = () => undefined;
    fireEvent.click(screen.getByText('LAB'));
    await act(settle);
    await act(() =>
      server.next().answer(
        {
          error: {
            code: 'unreachable',
            message: 'bis.example.org does not answer',
            hint: 'Check the network.',
            source: 'openbis-lab',
            retry_after: null
          }
        },
        502
      )
    );
    const problem = screen.getByText(/does not answer/);
    expect(problem.textContent).toBe(
      'bis.example.org does not answer. Check the network. Click to try again.'
    );
    server.rule = () => NODES['space:LAB'];
    fireEvent.click(problem);
    await act(settle);
    expect(screen.getByText('PBMC raw')).toBeTruthy();
  });

  it('leads to the connection where a session has expired', async () => {
    await show([connection({ state: 'expired' })]);
    expect(names()).toEqual(['openBIS lab, token no longer valid']);
    fireEvent.click(screen.getByText('openBIS lab'));
    expect(executed).toEqual([
      [CommandIDs.connections, { name: 'openbis-lab' }]
    ]);
  });

  it('says how to get a store where there is none', async () => {
    await show([]);
    await userEvent.click(
      screen.getByRole('button', { name: 'Connect to a store' })
    );
    expect(executed).toHaveLength(1);
  });

  it('says why a project is closed, and what records are', async () => {
    const nodes = [
      node({
        id: 'project:DEV/secret',
        kind: 'project',
        title: 'secret',
        ref: '',
        type: '',
        access: 'controlled',
        access_note: 'You have no access to DEV-secret.'
      }),
      node({
        id: 'node:DEV/test/case',
        kind: 'node',
        title: 'Case',
        ref: 'gen3:commons.example.org//DEV/test/case',
        type: 'administrative',
        count: 3,
        description: 'Somebody who is studied.'
      })
    ];
    await show([connection({ kind: 'gen3', user: 'alice' })]);
    server.rule = () => ({ nodes, total: 2, uncounted: false, offset: 0 });
    fireEvent.click(screen.getByText('LAB'));
    await act(settle);
    const closed = screen.getByRole('treeitem', { name: /^secret/ });
    expect(closed.getAttribute('aria-label')).toBe(
      'secret, project, no access'
    );
    const about = closed.getAttribute('aria-describedby') ?? '';
    expect(document.getElementById(about)?.textContent).toBe(
      'You have no access to DEV-secret.'
    );
    expect(closed.className).toContain('jp-mod-closed');
    const records = screen.getByRole('treeitem', { name: /^Case/ });
    expect(records.getAttribute('aria-label')).toBe(
      'Case, records, administrative, 3 entries'
    );
    expect(records.title).toContain('Somebody who is studied.');
  });

  it('loads the table of records, and opens what is open to everybody', async () => {
    const commons = connection({
      kind: 'gen3',
      state: 'disconnected',
      anonymous: true
    });
    await show([commons]);
    expect(names()).toEqual(['openBIS lab, not connected, open data only']);
    const table = 'gen3:commons.example.org//DEV/test/case.tsv';
    server.rule = () => ({
      nodes: [
        node({
          kind: 'node',
          title: 'Case',
          ref: 'gen3:commons.example.org//DEV/test/case',
          exports: [
            {
              ref: table,
              title: 'Table (TSV)',
              format: 'tsv',
              description: '',
              members: null,
              size: null
            }
          ]
        })
      ],
      total: 1,
      uncounted: false,
      offset: 0
    });
    screen.getByRole('tree').focus();
    await keys('{ArrowRight}{ArrowDown}{Control>}{Enter}{/Control}');
    expect(stage.calls).toEqual([['load', table, 'Case']]);
  });

  it('shows a store that needs no connection, folded, below the others', async () => {
    await show(
      [connection()],
      [
        connection({
          name: 'buckets',
          kind: 's3',
          title: 'Buckets',
          user: 'the AWS profile "lab"',
          open: true,
          can_save: true
        })
      ]
    );
    expect(names()[3]).toBe('Buckets, the AWS profile "lab"');
    expect(
      screen.getAllByRole('treeitem')[3].getAttribute('aria-expanded')
    ).toBe('false');
    server.rule = () => ({
      nodes: [
        node({
          id: 's3://lab/',
          kind: 'bucket',
          title: 'lab',
          ref: 's3://lab/',
          has_children: true,
          can_save: true
        })
      ],
      total: 2,
      uncounted: true,
      offset: 0
    });
    screen.getByRole('tree').focus();
    await keys('{End}{Enter}{ArrowDown}');
    expect(active()).toMatch(/^lab, bucket/);
    expect(names()[names().length - 1]).toBe('Show more');
    await keys('{Enter}');
    expect(stage.calls).toEqual([['openDataset', 's3://lab/']]);
    expect(executed).toEqual([]);
  });

  it('forgets what another user saw', async () => {
    await show([connection()]);
    act(() => stage.hub.connections.accept(connection({ state: 'expired' })));
    expect(names()).toEqual(['openBIS lab, token no longer valid']);
    NODES[''] = {
      nodes: [space('GUESTS')],
      total: 1,
      uncounted: false,
      offset: 0
    };
    act(() => stage.hub.connections.accept(connection({ user: 'bob' })));
    await act(settle);
    expect(names()).toEqual([
      'openBIS lab, connected as bob',
      'GUESTS, space, 1 entry'
    ]);
  });
});
