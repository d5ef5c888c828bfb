import { trans } from '../../api/__tests__/server';
import { furtherWords } from '../FurtherLine';
import { isEmpty, unanswered, type ILiveAnswer } from '../liveAnswer';

function answer(title: string, change: Partial<ILiveAnswer> = {}): ILiveAnswer {
  const store = { name: title, title, user: '', open: true };
  const before = { last: undefined, entity: '', unknown: [], shown: true };
  return { ...unanswered(store, before), loading: false, ...change };
}

describe('furtherWords', () => {
  it('begins with what needs somebody', () => {
    const words = furtherWords(
      [
        answer('Commons', { total: 5 }),
        answer('Atlas', { loading: true, waited: 12 }),
        answer('Lab', { error: new Error('out of reach') }),
        answer('Archive', { loading: true })
      ],
      trans
    );
    expect(words).toBe(
      'slow (12 s): Atlas · no answer from Lab · 5 in Commons · asking Archive…'
    );
  });

  it('says where nothing was found', () => {
    expect(furtherWords([answer('Atlas'), answer('Lab')], trans)).toBe(
      'nothing in Atlas, Lab'
    );
  });
});

describe('isEmpty', () => {
  it('is a store that has answered, and with nothing', () => {
    expect(isEmpty(answer('Atlas'))).toBe(true);
  });

  it.each([
    ['that is still asked', { loading: true }],
    ['that failed', { error: new Error('out of reach') }],
    ['that was not asked', { unknown: ['assay'] }],
    ['that found something', { total: 1 }]
  ])('is none %s', (_, change) => {
    expect(isEmpty(answer('Atlas', change))).toBe(false);
  });
});
