import { Notification } from '@jupyterlab/apputils';

import { FakeServer } from '../../api/__tests__/server';
import type { Transfer } from '../../api/models';
import { Stage } from '../../browser/__tests__/stage';
import { connection } from '../../connections/__tests__/records';
import { notifyEnds } from '../notifications';
import { transfer } from './records';

const SAVED = {
  title: 'Blood',
  direction: 'upload',
  path: 'work/Blood.ipynb'
} as const;

describe('notifyEnds', () => {
  let stage: Stage;
  let server: FakeServer;
  let shown: number;

  beforeEach(() => {
    jest.useFakeTimers();
    server = new FakeServer();
    stage = new Stage(server.client);
    shown = 0;
  });

  afterEach(() => {
    Notification.dismiss();
    jest.useRealTimers();
  });

  function watch(wanted: boolean): void {
    notifyEnds(stage.hub, () => wanted, {
      show: () => {
        shown += 1;
      },
      tree: ref => stage.calls.push(['tree', ref]),
      again: ({ path }) => stage.calls.push(['again', path]),
      connect: source => stage.calls.push(['connect', source])
    });
    stage.hub.transfers.accept(transfer());
  }

  function end(ended: Transfer): void {
    stage.hub.transfers.accept(ended);
    jest.advanceTimersByTime(0);
  }

  const notes = (): Notification.INotification[] =>
    Notification.manager.notifications;

  it('tells a good end, and loads from there', () => {
    watch(true);
    end(transfer({ state: 'done', sequence: 2 }));
    expect(notes()).toHaveLength(1);
    const { message, type, options } = notes()[0];
    expect(type).toBe('success');
    expect(message).toBe('Tabula Sapiens - Lung is downloaded (1.4\u00a0GB).');
    const [action] = options.actions ?? [];
    expect(action.label).toBe('Load in notebook');
    action.callback(new MouseEvent('click'));
    expect(stage.calls).toEqual([
      ['load', 'cellxgene:v1/local.h5ad', 'Tabula Sapiens - Lung']
    ]);
  });

  it('keeps quiet about a good end where the user wants that', () => {
    watch(false);
    end(transfer({ state: 'done', sequence: 2 }));
    expect(notes()).toEqual([]);
  });

  it('always tells a failure, with its reason and what to do', () => {
    watch(false);
    end(
      transfer({
        state: 'failed',
        sequence: 2,
        error: {
          code: 'no_space',
          message: 'The disk is full.',
          source: '',
          hint: 'Free some space.',
          retry_after: null,
          fields: [],
          cost: null,
          position: null
        }
      })
    );
    const { message, type, options } = notes()[0];
    expect(type).toBe('error');
    expect(message).toContain('The disk is full. Free some space.');
    expect((options.actions ?? []).map(({ label }) => label)).toEqual([
      'Try again',
      'Show transfers'
    ]);
    options.actions?.[1].callback(new MouseEvent('click'));
    expect(shown).toBe(1);
  });

  it('leads from what was saved to its page and its place', () => {
    watch(false);
    end(
      transfer({
        ...SAVED,
        state: 'done',
        ref: 'openbis:bis.example.org/2',
        sequence: 2
      })
    );
    const { message, options } = notes()[0];
    expect(message).toBe('Saved as “Blood” (2).');
    (options.actions ?? []).forEach(({ callback }) =>
      callback(new MouseEvent('click'))
    );
    expect(stage.calls).toEqual([
      ['openDataset', 'openbis:bis.example.org/2'],
      ['tree', 'openbis:bis.example.org/2']
    ]);
  });

  it('lets a save that failed be tried again, as it is or changed', () => {
    watch(false);
    end(transfer({ ...SAVED, state: 'failed', sequence: 2 }));
    const actions = notes()[0].options.actions ?? [];
    expect(actions.map(({ label }) => label)).toEqual([
      'Try again',
      'Change and save again'
    ]);
    actions[1].callback(new MouseEvent('click'));
    expect(stage.calls).toEqual([['again', 'work/Blood.ipynb']]);
  });

  it('says once that a session has ended, until somebody connects', () => {
    watch(true);
    const error = {
      code: 'expired',
      message: 'The session at Lab has ended (lab.example.org)',
      source: 'lab',
      hint: 'Connect again.',
      retry_after: null,
      fields: [],
      cost: null,
      position: null
    };
    stage.hub.transfers.accept(transfer({ id: 't2', source: 'lab' }));
    for (const id of ['t1', 't2']) {
      end(transfer({ id, source: 'lab', state: 'failed', sequence: 2, error }));
    }
    expect(notes()).toHaveLength(1);
    const { message, options } = notes()[0];
    expect(message).toBe(
      'The session at Lab has ended (lab.example.org): connect again, and the transfers go on.'
    );
    options.actions?.[0].callback(new MouseEvent('click'));
    expect(stage.calls).toEqual([['connect', 'lab']]);
    stage.hub.connections.accept(connection({ name: 'lab' }));
    expect(notes()).toEqual([]);
  });

  it('says nothing of what the user cancelled', () => {
    watch(true);
    end(transfer({ state: 'cancelled', sequence: 2 }));
    expect(notes()).toEqual([]);
  });

  it('leaves the end of what is being loaded to the load', () => {
    watch(true);
    stage.hub.transfers.awaited.add('t1');
    end(transfer({ state: 'done', sequence: 2 }));
    expect(notes()).toEqual([]);
  });
});
