import { nullTranslator } from '@jupyterlab/translation';

import { filesOf, filesWords, transferOf, wantedOf } from '../hitFiles';
import { hit } from './records';

const trans = nullTranslator.load('jupyterlab_datahub');

describe('a download of a hit', () => {
  const group = {
    ref: 'hca:dcp/files?{}',
    title: 'All files',
    format: 'group',
    description: '',
    members: 12,
    size: 3_000_000
  };
  const sample = hit(1, { loads_as_anndata: false, exports: [group] });

  it('is the file that is loaded, where there is one', () => {
    const loaded = { ...sample, loads_as_anndata: true };
    expect(filesOf(loaded)).toBeNull();
    expect(wantedOf(loaded).ref).toBe(loaded.ref);
    expect(wantedOf(hit(2))).not.toHaveProperty('files');
  });

  it('is all files of what is no file', () => {
    expect(wantedOf(sample)).toEqual({
      ref: group.ref,
      title: 'Dataset 1',
      size: 3_000_000,
      files: 12
    });
  });

  it('is followed by either name', () => {
    const transfer = { id: '1', ref: group.ref };
    const of = jest.fn(ref => (ref === group.ref ? transfer : undefined));
    const transfers = { of } as unknown as Parameters<typeof transferOf>[1];
    expect(transferOf(sample, transfers)).toBe(transfer);
    expect(transferOf(hit(2), transfers)).toBeUndefined();
  });

  it('says how much comes', () => {
    expect(filesWords(group, trans)).toMatch(
      /^Download all 12 files \(3.MB\)…$/
    );
    expect(filesWords({ ...group, members: 1 }, trans)).toMatch(
      /^Download 1 file /
    );
    expect(filesWords({ ...group, members: null, size: null }, trans)).toBe(
      'Download files…'
    );
  });
});
