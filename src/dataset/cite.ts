import type { Dataset } from '../api/models';

/** A DOI as the address that resolves it; empty where there is none. */
export function doiUrl(doi: string): string {
  const bare = bareDoi(doi);
  return bare ? 'https://doi.org/' + bare : '';
}

/** A DOI without the resolver it may have been written with. */
function bareDoi(doi: string): string {
  return doi
    .trim()
    .replace(/^https?:\/\/(dx\.)?doi\.org\//i, '')
    .replace(/^doi:\s*/i, '');
}

/** The DOI of a dataset, else of its collection. */
export function doiOf({ doi, collection }: Dataset): string {
  return bareDoi(doi || collection?.doi || '');
}

/** The year of a dataset; empty where its catalog gives no date. */
export function yearOf({ published, revised }: Dataset): string {
  return /^\d{4}/.exec(published || revised)?.[0] ?? '';
}

/**
 * The names in a list of authors.
 *
 * `Family, Given; Family, Given` and `Given Family, Given Family` are both in use.
 */
export function authorsOf({ collection }: Dataset): string[] {
  const authors = collection?.authors ?? '';
  return authors
    .split(authors.includes(';') ? ';' : ',')
    .map(author => author.trim())
    .filter(Boolean);
}

/**
 * The sentence to cite a dataset with: the catalog's own, else one made of its fields.
 *
 * @param source - The title of the Source it is from.
 */
export function citationOf(dataset: Dataset, source: string): string {
  if (dataset.citation) {
    return dataset.citation;
  }
  const { collection, title, url, version } = dataset;
  const authors = authorsOf(dataset);
  const doi = doiOf(dataset);
  const year = yearOf(dataset);
  const who = authors.length > 3 ? authors[0] + ' et al.' : authors.join(', ');
  return [
    who && year ? `${who} (${year})` : who || year,
    title,
    collection && collection.title !== title ? collection.title : '',
    version ? `Version ${version}` : '',
    source,
    doi ? doiUrl(doi) : url
  ]
    .filter(Boolean)
    .map(part => part.replace(/\.$/, ''))
    .join('. ');
}

const BIBTEX_ESCAPES: { [character: string]: string } = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}'
};

function escaped(text: string): string {
  return text.replace(/[\\{}&%$#_~^]/g, found => BIBTEX_ESCAPES[found]);
}

/** The key of an entry: first author's last word, year, first long word of the title. */
function keyOf(dataset: Dataset): string {
  const [first = ''] = authorsOf(dataset);
  const family = first.includes(',')
    ? first.split(',')[0]
    : (first.split(/\s+/).pop() ?? '');
  const word =
    dataset.title.split(/[^\p{L}\p{N}]+/u).find(each => each.length > 3) ?? '';
  const key = [family || dataset.source, yearOf(dataset), word].join('');
  const ascii = key
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]/g, '')
    .toLowerCase();
  return ascii || 'dataset';
}

/**
 * A BibTeX entry made of the fields that the catalog fills.
 *
 * @param source - The title of the Source it is from.
 */
export function bibtexOf(dataset: Dataset, source: string): string {
  const { licence, title, url, version } = dataset;
  const doi = doiOf(dataset);
  const fields: [string, string][] = [
    // The second pair of braces keeps the capitals of gene and species names.
    ['title', title && `{${escaped(title)}}`],
    ['author', authorsOf(dataset).map(escaped).join(' and ')],
    ['year', yearOf(dataset)],
    ['publisher', escaped(source)],
    ['version', escaped(version)],
    // Addresses are taken as they are by every style that prints them.
    ['doi', doi],
    ['url', doi ? doiUrl(doi) : url],
    ['note', licence && escaped('Licence: ' + licence)]
  ];
  const lines = fields
    .filter(([, value]) => value)
    .map(([name, value]) => `  ${name} = {${value}}`);
  return `@misc{${keyOf(dataset)},\n${lines.join(',\n')}\n}\n`;
}
