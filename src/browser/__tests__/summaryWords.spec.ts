import { trans } from '../../api/__tests__/server';
import type { Summary } from '../../api/models';
import { exactSummary, figureWords, shortSummary } from '../summaryWords';

const NOTHING: Summary = {
  datasets: 18,
  cells: 0,
  bytes: 0,
  unknown_sizes: 0,
  figures: []
};

describe('shortSummary', () => {
  it('says only what is known', () => {
    expect(shortSummary(NOTHING, trans)).toEqual(['18 datasets']);
    expect(shortSummary({ ...NOTHING, datasets: 1, cells: 1 }, trans)).toEqual([
      '1 dataset ·',
      '1 cell'
    ]);
    expect(exactSummary({ ...NOTHING, datasets: 1 }, trans)).toBe('1 dataset');
  });

  it('leaves out what a Source counts none of, but for what was searched', () => {
    const figures = [
      { name: 'projects', title: 'Projects', value: 0, unit: 'count' },
      { name: 'donors', title: 'Donors', value: 0, unit: 'count' }
    ];
    expect(shortSummary({ ...NOTHING, figures }, trans)).toEqual([
      '0 projects'
    ]);
  });
});

describe('figureWords', () => {
  it.each([
    ['projects', 'Projects', 1, '1 project'],
    ['studies', 'Studies', 2, '2 studies'],
    ['case', 'Cases', 1, 'Cases: 1'],
    ['case', 'Cases', 12, '12 cases']
  ])('counts %s', (name, title, value, words) => {
    expect(figureWords({ name, title, value, unit: 'count' }, trans)).toBe(
      words
    );
  });
});
