import {
  authorsOf,
  bibtexOf,
  citationOf,
  doiOf,
  doiUrl,
  yearOf
} from '../cite';
import { dataset } from './record';

describe('a DOI', () => {
  it.each([
    ['10.1000/a'],
    ['https://doi.org/10.1000/a'],
    ['http://dx.doi.org/10.1000/a'],
    ['doi: 10.1000/a']
  ])('is resolved at one address: %s', doi => {
    expect(doiUrl(doi)).toBe('https://doi.org/10.1000/a');
  });

  it('is that of the collection where the dataset has none', () => {
    expect(doiOf(dataset())).toBe('10.1000/blood.1');
    expect(doiOf(dataset({ doi: '10.1000/own' }))).toBe('10.1000/own');
    expect(doiOf(dataset({ collection: null }))).toBe('');
    expect(doiUrl('')).toBe('');
  });
});

describe('a citation', () => {
  it('is the one of the catalog', () => {
    expect(citationOf(dataset({ citation: 'As we say.' }), 'CELLxGENE')).toBe(
      'As we say.'
    );
  });

  it('is made of what is known otherwise', () => {
    expect(citationOf(dataset(), 'CELLxGENE')).toBe(
      'Müller, Änne et al. (2025). Blood of healthy donors. An atlas of blood. ' +
        'Version v2. CELLxGENE. https://doi.org/10.1000/blood.1'
    );
  });

  it('needs neither authors nor a collection', () => {
    const lonely = dataset({
      collection: null,
      published: '',
      revised: '',
      version: '',
      url: ''
    });
    expect(citationOf(lonely, 'CELLxGENE')).toBe(
      'Blood of healthy donors. CELLxGENE'
    );
  });
});

describe('a BibTeX entry', () => {
  it('has every field that is known', () => {
    expect(bibtexOf(dataset(), 'CELLxGENE')).toBe(
      [
        '@misc{muller2025blood,',
        '  title = {{Blood of healthy donors}},',
        '  author = {Müller, Änne and Doe, Jo and Roe, Al and Poe, Ed},',
        '  year = {2025},',
        '  publisher = {CELLxGENE},',
        '  version = {v2},',
        '  doi = {10.1000/blood.1},',
        '  url = {https://doi.org/10.1000/blood.1},',
        '  note = {Licence: CC BY 4.0}',
        '}',
        ''
      ].join('\n')
    );
  });

  it('keeps what TeX would read as commands', () => {
    const title = 'a_b {c} 50% & \\more';
    expect(bibtexOf(dataset({ title }), 'CELLxGENE')).toContain(
      'title = {{a\\_b \\{c\\} 50\\% \\& \\textbackslash{}more}}'
    );
  });

  it('has a key even where nothing is known', () => {
    const bare = dataset({
      collection: null,
      title: '血',
      source: '',
      published: '',
      revised: ''
    });
    expect(bibtexOf(bare, 'CELLxGENE')).toMatch(/^@misc\{dataset,/);
  });
});

it('reads both ways to write a list of authors', () => {
  const { collection } = dataset();
  const written = (authors: string): string[] =>
    authorsOf(dataset({ collection: { ...collection!, authors } }));
  expect(written('Doe, Jo; Roe, Al')).toEqual(['Doe, Jo', 'Roe, Al']);
  expect(written('Jo Doe, Al Roe')).toEqual(['Jo Doe', 'Al Roe']);
  expect(written('')).toEqual([]);
});

it('takes the year of the first publication', () => {
  expect(yearOf(dataset())).toBe('2025');
  expect(yearOf(dataset({ published: '' }))).toBe('2026');
  expect(yearOf(dataset({ published: '', revised: '' }))).toBe('');
});
