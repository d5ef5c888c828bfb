import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react';

import type { LoadOptions } from '../../api/models';
import { askWay } from '../AskWay';
import { loadingPath, readMemory } from '../kernel';
import type { IManner } from '../manner';
import { freeWords, missingWords, optionWords, tooMuchWords } from '../words';

const trans = nullTranslator.load('test');

beforeAll(() => {
  (
    globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
  ).IS_REACT_ACT_ENVIRONMENT = true;
});

/** What stands there, with spaces that may break. */
function plain(text: string | null): string {
  return (text ?? '').replace(/\s/g, ' ');
}

const OPTIONS: LoadOptions = {
  ref: 'r',
  best: 'backed',
  options: [
    { way: 'whole', needs: 6.1e9, fits: false, missing: [], note: '' },
    { way: 'backed', needs: 6e8, fits: true, missing: [], note: '' },
    { way: 'lazy', needs: 5e8, fits: true, missing: ['xarray'], note: '' },
    { way: 'dask', needs: null, fits: null, missing: [], note: '' },
    { way: 'selection', needs: null, fits: null, missing: [], note: '' }
  ],
  free: 2e9,
  limits: 'container',
  asked: 'kernel',
  basis: 'preview',
  note: ''
};

function box(): HTMLElement {
  const found = document.querySelector<HTMLElement>('.jp-DataHub-askWay');
  expect(found).not.toBeNull();
  return found!;
}

function click(selector: string): void {
  act(() => box().querySelector<HTMLElement>(selector)!.click());
}

async function asked(): Promise<{ answer: Promise<IManner | null> }> {
  let answer: Promise<IManner | null> = Promise.resolve(null);
  await act(async () => {
    answer = askWay('Lung', OPTIONS, trans);
    for (let turn = 0; turn < 5; turn++) {
      await new Promise(resolve => window.requestAnimationFrame(resolve));
    }
  });
  return { answer };
}

describe('the question before a load that would not fit', () => {
  it('offers the best way that fits, and says why it asks', async () => {
    const { answer } = await asked();
    const text = plain(box().textContent);
    expect(text).toContain('takes 6.1 GB of memory');
    expect(text).toContain('2 GB free within the limit of its container');
    expect(text).toContain('whole (needs 6.1 GB) · does not fit');
    const chosen = box().querySelector<HTMLInputElement>('input:checked')!;
    expect(chosen.value).toBe('backed');
    expect(document.activeElement).toBe(chosen);
    click('[type="submit"]');
    expect(await answer).toEqual({ way: 'backed', cluster: '' });
  });

  it('says what the kernel lacks, and where Dask computes', async () => {
    const { answer } = await asked();
    click('[value="lazy"]');
    expect(box().textContent).toContain('%pip install xarray');
    click('[value="dask"]');
    const where = box().querySelector('select')!;
    act(() => {
      where.value = 'gateway';
      where.dispatchEvent(new Event('change', { bubbles: true }));
    });
    click('[type="submit"]');
    expect(await answer).toEqual({ way: 'dask', cluster: 'gateway' });
  });

  it('loads it all the same where that is wanted, and nothing where not', async () => {
    const insisting = await asked();
    click('[value="whole"]');
    expect(box().querySelector('[type="submit"]')!.textContent).toBe(
      'Load all the same'
    );
    click('[type="submit"]');
    expect(await insisting.answer).toEqual({ way: 'whole', cluster: '' });
    const { answer } = await asked();
    click('.jp-mod-reject');
    expect(await answer).toBeNull();
  });
});

describe('the words', () => {
  it('say what each way takes', () => {
    const [whole, , lazy, dask] = OPTIONS.options;
    expect(plain(optionWords(whole, trans))).toBe('whole (needs 6.1 GB)');
    expect(plain(optionWords(lazy, trans))).toBe(
      'lazy (the kernel lacks xarray)'
    );
    expect(plain(optionWords(dask, trans))).toBe('on a Dask cluster');
    expect(missingWords(whole, trans)).toBe('');
  });

  it('say who was asked, and what predictions come from', () => {
    expect(
      plain(freeWords({ ...OPTIONS, asked: 'server', limits: '' }, trans))
    ).toBe('This server has 2 GB free.');
    expect(freeWords({ ...OPTIONS, free: null }, trans)).toBe('');
    expect(tooMuchWords({ ...OPTIONS, basis: 'size' }, trans)).toContain(
      'Judged by its size'
    );
  });
});

describe('what a kernel says', () => {
  it('is read as it is, and not where it is something else', () => {
    const said = { free: 7, limits: 'process', missing: ['dask'] };
    expect(readMemory(JSON.stringify(said))).toEqual(said);
    expect(readMemory('{"free":null}')).toEqual({
      free: null,
      limits: '',
      missing: []
    });
    expect(readMemory('no')).toBeNull();
    expect(readMemory('null')).toBeNull();
  });

  it('is handed on', () => {
    const memory = { free: 7, limits: 'process', missing: ['dask'] };
    expect(loadingPath('a:b', { language: 'python', memory }, false)).toBe(
      'loading/a%3Ab?language=python&free=7&limits=process&missing=dask&look=false'
    );
    expect(loadingPath('r', null, true)).toBe('loading/r');
  });
});
