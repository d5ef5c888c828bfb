import {
  conditions,
  EMPTY_QUERY,
  filters,
  readQuery,
  toggleValue,
  toParams,
  withRange,
  withoutConditions
} from '../query';

const LUNG = toggleValue(EMPTY_QUERY, 'tissue', 'lung');
const RICH = withRange(
  toggleValue({ ...LUNG, text: ' fibroblast ' }, 'tissue', 'blood'),
  'cells',
  { min: 1000, max: null }
);

describe('a query', () => {
  it('is written as the server reads it', () => {
    expect(toParams(RICH, 60, 30).toString()).toBe(
      new URLSearchParams([
        ['text', 'fibroblast'],
        ['facet', 'tissue=lung'],
        ['facet', 'tissue=blood'],
        ['range', 'cells=1000..'],
        ['sort', 'relevance'],
        ['offset', '60'],
        ['limit', '30']
      ]).toString()
    );
  });

  it('gains and loses values', () => {
    expect(LUNG.facets).toEqual({ tissue: ['lung'] });
    expect(toggleValue(LUNG, 'tissue', 'lung')).toEqual(EMPTY_QUERY);
  });

  it('has no range that is open at both ends', () => {
    const open = withRange(RICH, 'cells', { min: null, max: null });
    expect(open.ranges).toEqual({});
  });

  it('names its conditions with what is left without each', () => {
    const found = conditions(RICH);
    expect(found.map(({ kind, value }) => [kind, value])).toEqual([
      ['text', 'fibroblast'],
      ['value', 'lung'],
      ['value', 'blood'],
      ['range', '']
    ]);
    expect(found[1].without.facets).toEqual({ tissue: ['blood'] });
    expect(found[3].without.ranges).toEqual({});
    expect(filters(RICH)).toHaveLength(3);
  });

  it('keeps its order when it starts again', () => {
    expect(withoutConditions({ ...RICH, sort: 'size' })).toEqual({
      ...EMPTY_QUERY,
      sort: 'size'
    });
  });

  it('survives being kept as JSON', () => {
    expect(readQuery(JSON.parse(JSON.stringify(RICH)))).toEqual(RICH);
  });

  it.each([
    [null],
    ['text'],
    [{ text: 1, sort: 'colour', facets: { tissue: 'lung' }, ranges: [1] }]
  ])('is empty where %j was kept', kept => {
    expect(readQuery(kept)).toEqual(EMPTY_QUERY);
  });
});
