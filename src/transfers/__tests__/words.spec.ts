import { trans } from '../../api/__tests__/server';
import { queueWords } from '../words';
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
