import { nullTranslator } from '@jupyterlab/translation';

import { valueText } from '../about';
import { obstacleOf } from '../cost';
import { cellWords, facetNames } from '../facts';
import { isWebUrl } from '../link';
import { isHere, mainAsset, newerVersions } from '../model';
import { versionWords } from '../versions';
import { sentenceCase } from '../words';
import { dataset, page, version } from './record';

const trans = nullTranslator.load('test');

describe('the facts', () => {
  it('come in the order in which they are read, empty ones not at all', () => {
    expect(facetNames(dataset())).toEqual(['organism', 'tissue', 'donor_id']);
  });

  it.each([
    [100, null, '100'],
    [65847, 65847, '65,847, all primary'],
    [65847, 60000, '65,847, of which 60,000 (91%) primary'],
    [100, 0, '100, of which 0 (0%) primary']
  ])('say how many cells are primary: %p of %p', (cells, primary, words) => {
    const text = cellWords({ cells, primary_cells: primary }, trans);
    expect(text.replace(/\s/g, ' ')).toBe(words);
  });

  it('write values of any shape as text', () => {
    expect(valueText(['a', 1, true])).toBe('a, 1, true');
    expect(valueText({ a: 1 })).toBe('{"a":1}');
    expect(valueText('x')).toBe('x');
  });

  it('write the names of fields as words', () => {
    expect(sentenceCase('batch_condition')).toBe('Batch condition');
    expect(sentenceCase('eln')).toBe('ELN');
    expect(sentenceCase('donor_id')).toBe('Donor ID');
  });
});

describe('the file that is meant', () => {
  const [h5ad] = dataset().assets;
  const rds = { ...h5ad, ref: 'r', name: 'a.rds', loads_as_anndata: false };

  it('is the first that becomes an AnnData', () => {
    expect(mainAsset(dataset({ assets: [rds, h5ad] }))).toBe(h5ad);
    expect(mainAsset(dataset({ assets: [rds] }))).toBe(rds);
    expect(mainAsset(dataset({ assets: [] }))).toBeNull();
  });

  it('is here when the library has it', () => {
    expect(isHere(page())).toBe(false);
    expect(isHere(page({ in_library: [h5ad.ref] }))).toBe(true);
  });

  it('cannot be had where words say why', () => {
    expect(obstacleOf(page(), trans)).toBe('');
    expect(
      obstacleOf(page({ dataset: dataset({ assets: [] }) }), trans)
    ).toContain('no file');
    expect(
      obstacleOf(page({ dataset: dataset({ withdrawn: true }) }), trans)
    ).toContain('withdrawn');
    const closed = { ...h5ad, access: 'login' as const, access_note: '' };
    expect(
      obstacleOf(page({ dataset: dataset({ assets: [closed] }) }), trans)
    ).toContain('log in');
    const noted = { ...closed, access_note: 'Ask Jo.' };
    expect(
      obstacleOf(page({ dataset: dataset({ assets: [noted] }) }), trans)
    ).toBe('Ask Jo.');
  });
});

describe('the versions', () => {
  it('are newer when they stand above the one shown', () => {
    const versions = ['v3', 'v2', 'v1'].map(id => version('cellxgene:' + id));
    const newer = newerVersions(page({ versions }));
    expect(newer.map(({ ref }) => ref)).toEqual(['cellxgene:v3']);
    expect(newerVersions(page({ versions: [] }))).toEqual([]);
  });

  it('are told apart in one line', () => {
    const words = versionWords(version('v2', { withdrawn: true }), true, trans);
    expect(words.replace(/\s/g, ' ')).toBe(
      '2026-06-11 · newest · withdrawn · 65,847 cells · 1.4 GB'
    );
    const bare = version('v1', { date: '', cells: null, size: null });
    expect(versionWords(bare, false, trans)).toBe('v1');
  });
});

it('follows no address that is not of the web', () => {
  expect(isWebUrl('https://example.org')).toBe(true);
  expect(isWebUrl('javascript:alert(1)')).toBe(false);
  expect(isWebUrl('data:text/html,x')).toBe(false);
  expect(isWebUrl('/relative')).toBe(false);
});
