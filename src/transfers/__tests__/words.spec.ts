import { trans } from '../../api/__tests__/server';
import { queueWords, stateWords } from '../words';
import { transfer } from './records';

describe('queueWords', () => {
  it('adds up what moves', () => {
    const moving = [
      transfer({ done: 50, size: 100 }),
      transfer({ done: 0, size: 300 }),
      transfer({ done: 9, size: null })
    ];
    expect(queueWords(moving, moving, trans)).toBe('3 · 12%');
  });

  it('has no percentage where no size is known', () => {
    const moving = [transfer({ size: null })];
    expect(queueWords(moving, moving, trans)).toBe('1');
  });

  it('names failures when nothing moves, else nothing', () => {
    expect(queueWords([transfer({ state: 'failed' })], [], trans)).toBe(
      '1 failed'
    );
    expect(queueWords([transfer({ state: 'done' })], [], trans)).toBe('');
  });
});

describe('stateWords', () => {
  it('counts the files of a group, and those that failed', () => {
    const group = { total: 3, done: 2, failed: 1 };
    expect(stateWords(transfer({ state: 'failed', group }), trans)).toMatch(
      /^2 of 3 files · 1 failed · failed/
    );
    expect(
      stateWords(
        transfer({ group: { total: null, done: 1, failed: 0 } }),
        trans
      )
    ).toMatch(/^1 file · 62%/);
  });
});
