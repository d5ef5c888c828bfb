import { FakeServer, settle } from '../../api/__tests__/server';
import type { Transfer } from '../../api/models';
import { TransfersModel } from '../model';
import { transfer } from './records';

describe('TransfersModel', () => {
  let server: FakeServer;
  let model: TransfersModel;
  let settled: Transfer[];

  beforeEach(() => {
    server = new FakeServer();
    model = new TransfersModel(server.client);
    settled = [];
    model.settled.connect((_, item) => {
      settled.push(item);
    });
  });

  afterEach(() => {
    model.dispose();
  });

  const states = (): [string, string][] =>
    model.items.map(({ id, state }) => [id, state]);

  it('shows what the queue says, newest first', async () => {
    server.rule = () => ({
      transfers: [
        transfer({ id: 'old', created: '2026-11-20T10:00:00Z' }),
        transfer({ id: 'new', created: '2026-11-21T10:00:00Z' })
      ]
    });
    await model.sync();
    expect(states()).toEqual([
      ['new', 'running'],
      ['old', 'running']
    ]);
  });

  it('takes no older news for newer', () => {
    model.accept(transfer({ done: 500, sequence: 7 }));
    model.accept(transfer({ done: 400, sequence: 6 }));
    expect(model.items[0].done).toBe(500);
  });

  it('tells an end once, and only one it has seen coming', async () => {
    server.rule = () => ({
      transfers: [transfer({ id: 'before', state: 'done' })]
    });
    await model.sync();
    expect(settled).toEqual([]);

    model.accept(transfer({ sequence: 1 }));
    model.accept(transfer({ state: 'done', sequence: 2 }));
    model.accept(transfer({ state: 'done', sequence: 2 }));
    expect(settled.map(({ id }) => id)).toEqual(['t1']);
  });

  it('tells of an end that no event told of', async () => {
    model.accept(transfer());
    server.rule = () => ({
      transfers: [transfer({ state: 'failed', sequence: 9 })]
    });
    await model.sync();
    expect(settled.map(({ state }) => state)).toEqual(['failed']);
  });

  it('tells of a file that was in the library already', async () => {
    server.rule = () => transfer({ state: 'done' });
    await model.add('cellxgene:v1');
    expect(settled).toHaveLength(1);
    await model.add('cellxgene:v1');
    expect(settled).toHaveLength(1);
  });

  it('forgets what the queue has forgotten, but nothing that is newer than the question', async () => {
    model.accept(transfer({ id: 'gone' }));
    const asked = model.sync();
    await settle();
    model.accept(transfer({ id: 'fresh' }));
    await server.next().answer({ transfers: [] });
    await asked;
    expect(states()).toEqual([['fresh', 'running']]);
  });

  it('does not bring back what was taken off the list', async () => {
    model.accept(transfer({ state: 'done' }));
    server.rule = () => ({});
    await model.remove('t1');
    model.accept(transfer({ state: 'cancelled', sequence: 9 }));
    expect(model.items).toEqual([]);
  });

  it('asks for what the user wants to be done', async () => {
    model.accept(transfer());
    const done = model.act('t1', 'pause');
    await settle();
    const request = server.next();
    expect(request.route).toBe('PATCH transfers/t1');
    expect(JSON.parse(request.body)).toEqual({ action: 'pause' });
    await request.answer(transfer({ state: 'paused', sequence: 2 }));
    await done;
    expect(states()).toEqual([['t1', 'paused']]);
    expect(model.moving).toEqual([]);
  });

  it('takes all that ended off the list, and nothing else', async () => {
    server.rule = () => ({});
    model.accept(transfer({ id: 'a', state: 'done' }));
    model.accept(transfer({ id: 'b', state: 'failed' }));
    model.accept(transfer({ id: 'c', state: 'paused' }));
    await model.removeFinished();
    expect(states()).toEqual([['c', 'paused']]);
  });

  it('finds the transfer of a dataset by the dataset or its file', () => {
    model.accept(transfer());
    expect(model.of('cellxgene:v1')?.id).toBe('t1');
    expect(model.of('cellxgene:v1/local.h5ad')?.id).toBe('t1');
    expect(model.of('cellxgene:v')).toBeUndefined();
  });

  it('keeps why the queue could not be read, and the transfers it knows', async () => {
    model.accept(transfer());
    const asked = model.sync();
    await settle();
    await server.next().answer('no', 500);
    await expect(asked).rejects.toMatchObject({ status: 500 });
    expect(model.error).toMatchObject({ status: 500 });
    expect(model.items).toHaveLength(1);
  });

  describe('while it watches', () => {
    beforeEach(() => {
      jest.useFakeTimers();
      server.rule = () => ({ transfers: [transfer()] });
    });

    afterEach(() => {
      model.dispose();
      jest.useRealTimers();
    });

    it('reads the queue again when something moves and no event says so', async () => {
      await model.start();
      await jest.advanceTimersByTimeAsync(10);
      expect(states()).toEqual([['t1', 'running']]);
      server.rule = () => ({
        transfers: [transfer({ state: 'done', sequence: 5 })]
      });
      await jest.advanceTimersByTimeAsync(20_000);
      expect(states()).toEqual([['t1', 'done']]);
    });

    it('leaves the server alone while events come', async () => {
      await model.start();
      await jest.advanceTimersByTimeAsync(10);
      let asked = 0;
      server.rule = () => {
        asked += 1;
        return { transfers: [transfer()] };
      };
      for (let second = 0; second < 30; second++) {
        model.accept(transfer({ sequence: second + 2 }));
        await jest.advanceTimersByTimeAsync(1000);
      }
      expect(asked).toBe(0);
    });
  });
});
