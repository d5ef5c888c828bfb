import type { ILiveAnswer } from '../liveAnswer';
import { mergedFacets, mergedSummary } from '../mergedFacets';
import { facet, searchResult } from './records';

function answer(change: Partial<ILiveAnswer> = {}): ILiveAnswer {
  return {
    source: 'hca',
    title: 'Atlas',
    total: 5,
    hits: [],
    facets: [],
    result: null,
    ranges: [],
    entities: [],
    entity: '',
    loading: false,
    waited: 0,
    error: null,
    unknown: [],
    shown: true,
    ...change
  };
}

describe('mergedFacets', () => {
  const here = [facet('tissue', ['lung', 'blood'])];
  const there = answer({
    facets: [
      facet('tissue', ['blood', 'Lung', 'skin']),
      facet('sex', ['female']),
      facet('laboratory', ['A'])
    ]
  });

  it('adds up what is shared however it is written, and puts new values last', () => {
    const [tissue, sex, ...more] = mergedFacets(here, [there], null);
    expect(tissue.values.map(({ value, count }) => [value, count])).toEqual([
      ['lung', 1999],
      ['blood', 1999],
      ['skin', 998]
    ]);
    expect(sex.name).toBe('sex');
    expect(more).toEqual([]);
  });

  it('shows what is of one store alone where only that is searched', () => {
    const names = mergedFacets(here, [there], there).map(({ name }) => name);
    expect(names).toEqual(['tissue', 'sex', 'laboratory']);
  });
});

describe('mergedSummary', () => {
  const { summary } = searchResult(3);

  it('counts the datasets of stores whose rows show', () => {
    const answers = [answer(), answer({ shown: false, total: 100 })];
    expect(mergedSummary(summary, answers, null)?.datasets).toBe(8);
  });

  it('says nothing for the only store while that says nothing', () => {
    const failed = answer({ error: new Error('out of reach') });
    expect(mergedSummary(summary, [failed], failed)).toBeNull();
  });

  it('is that of the only store where it counts what others do not', () => {
    const figures = [
      { name: 'donors', title: 'Donors', value: 12, unit: 'count' }
    ];
    const own = { ...summary, figures };
    const { hits: _, facets: __, ...rest } = searchResult(5);
    const only = answer({ result: { ...rest, summary: own } });
    expect(mergedSummary(summary, [only], only)).toBe(own);
  });
});
