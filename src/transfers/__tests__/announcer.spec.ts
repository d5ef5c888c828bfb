import { FakeServer, trans } from '../../api/__tests__/server';
import { Announcer } from '../announcer';
import { TransfersModel } from '../model';
import { transfer } from './records';

describe('Announcer', () => {
  let model: TransfersModel;
  let announcer: Announcer;

  beforeEach(() => {
    jest.useFakeTimers();
    model = new TransfersModel(new FakeServer().client);
    announcer = new Announcer(model, trans);
  });

  afterEach(() => {
    announcer.dispose();
    model.dispose();
    jest.useRealTimers();
  });

  function end(id: string, state: 'done' | 'failed'): void {
    model.accept(transfer({ id, title: id }));
    model.accept(transfer({ id, title: id, state, sequence: 2 }));
  }

  it('says nothing of the way, only of the end', () => {
    for (let sequence = 1; sequence < 50; sequence++) {
      model.accept(transfer({ done: sequence, sequence }));
      jest.advanceTimersByTime(500);
    }
    expect(announcer.text).toBe('');
    model.accept(transfer({ state: 'done', sequence: 99 }));
    jest.advanceTimersByTime(1000);
    expect(announcer.text).toBe('Tabula Sapiens - Lung is downloaded.');
  });

  it('gathers ends that come together', () => {
    end('a', 'done');
    end('b', 'failed');
    jest.advanceTimersByTime(900);
    end('c', 'done');
    jest.advanceTimersByTime(1000);
    expect(announcer.text).toBe(
      '2 datasets are downloaded. b could not be downloaded.'
    );
  });
});
