import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  Asset,
  Preview,
  PreviewColumn,
  PreviewMatrix
} from '../api/models';
import { canHave } from '../consent/money';
import { formatBytes, formatInteger, formatPercent } from '../browser/format';
import { formatNumber } from './numbers';
import type { Colours, IPoints } from './decode';

/** Categories that are named to those who do not see the picture; the legend has them all. */
const NAMED = 5;
/** Formats of files that can be looked into. */
const FORMATS = new Set(['h5ad', 'h5mu', 'loom', 'zarr']);
/** Said of anything in HDF5; what of it becomes an AnnData is a matrix by 10x Genomics. */
const HDF5 = new Set(['h5', 'hdf5']);
/** What is found in files of which nothing can be chosen, but of the h5ad that they become. */
const CONVERTED = new Set(['loom', '10x h5']);
/** Several AnnData in one file. */
const MODALITIES = 'h5mu';
/** Folders of Zarr that are images by their name. */
const IMAGE = /\.ome\.zarr$/i;
/** Folders of a bucket whose files are read one by one. */
const STORE = /^s3:\/\/.+\.zarr\/$/i;
/** Bytes that are read of a file of so many cells, rarely more. */
const OFTEN = 20_000_000;
const OFTEN_CELLS = 250_000;

/** The files of a dataset that can be looked into by whoever is here. */
export function previewable(
  assets: readonly Asset[],
  here: readonly string[],
  made: readonly string[] = []
): Asset[] {
  return assets.filter(
    asset =>
      made.includes(asset.ref) ||
      ((FORMATS.has(asset.format.toLowerCase()) ||
        (HDF5.has(asset.format.toLowerCase()) && asset.loads_as_anndata) ||
        STORE.test(asset.ref)) &&
        !IMAGE.test(asset.name) &&
        !asset.volatile &&
        (canHave(asset) || here.includes(asset.ref)))
  );
}

/** Whether nothing can be chosen of a file as it is. */
export function isUnchosen({ format }: Pick<Preview, 'format'>): boolean {
  return CONVERTED.has(format) || format === MODALITIES;
}

/** Whether a file becomes an h5ad of which everything can be chosen. */
export function isConvertible({ format }: Pick<Preview, 'format'>): boolean {
  return CONVERTED.has(format);
}

/** What becomes of a file of which nothing is known before it is converted. */
export function unknownWords(
  { name }: Pick<Asset, 'name'>,
  trans: TranslationBundle
): string {
  return trans.__(
    'What is in “%1” is known once it is converted to h5ad; then you choose its cells and genes here.',
    name
  );
}

/** How cells and genes are chosen of a file that has to be converted first. */
export function convertedWords(
  { name, format }: Pick<Preview, 'name' | 'format'>,
  trans: TranslationBundle
): string {
  const made = name.replace(/\.[^.]+$/, '') + '.h5ad';
  if (format === MODALITIES) {
    return trans.__(
      'Selections are made of one modality. Load the one you want: it becomes an h5ad in the library once, and you choose its cells and genes in the notebook.'
    );
  }
  return format === 'loom'
    ? trans.__(
        'Cells and genes are chosen of h5ad and Zarr, not of Loom. The file is converted once, to “%1” in the library; then you choose here.',
        made
      )
    : trans.__(
        'Cells and genes are chosen of h5ad and Zarr, not of 10x matrices. The file is converted once, to “%1” in the library; then you choose here.',
        made
      );
}

/** What a look will cost, before anybody asks for it. */
export function costWords(
  size: number | null,
  cells: number | null,
  trans: TranslationBundle
): string {
  const often = OFTEN * Math.max(1, (cells ?? 0) / OFTEN_CELLS);
  if (size === null) {
    return trans.__(
      'Reads parts of the file, usually less than %1; nothing is downloaded.',
      formatBytes(often)
    );
  }
  return size <= often
    ? trans.__(
        'Reads parts of the file, at most its %1; nothing is downloaded.',
        formatBytes(size)
      )
    : trans.__(
        'Reads parts of the file, usually less than %1 of %2; nothing is downloaded.',
        formatBytes(often),
        formatBytes(size)
      );
}

/** "700 cells × 738 genes". */
export function shapeWords(
  shape: readonly number[],
  trans: TranslationBundle
): string {
  const [cells = 0, genes = 0] = shape;
  return trans.__(
    '%1 × %2',
    trans._n('%2 cell', '%2 cells', cells, formatInteger(cells)),
    trans._n('%2 gene', '%2 genes', genes, formatInteger(genes))
  );
}

/** What it has cost, or what was read instead of the file. */
export function fetchedWords(
  facts: Preview,
  made: boolean,
  trans: TranslationBundle
): string {
  const { bytes_fetched, name, size, local } = facts;
  if (made) {
    return trans.__('read from “%1”, which it was converted to', name);
  }
  if (local) {
    return trans.__('read on this machine');
  }
  return size === null
    ? trans.__('fetched %1', formatBytes(bytes_fetched))
    : trans.__(
        'fetched %1 of %2',
        formatBytes(bytes_fetched),
        formatBytes(size)
      );
}

/** "sparse by cell (CSR), float32, 3.1 % stored, whole numbers". */
export function matrixWords(
  matrix: PreviewMatrix,
  trans: TranslationBundle
): string {
  const encodings: { [encoding: string]: string } = {
    csr: trans.__('sparse by cell (CSR)'),
    csc: trans.__('sparse by gene (CSC)'),
    dense: trans.__('dense')
  };
  const { encoding, dtype, density, integers, compression, note } = matrix;
  return [
    encodings[encoding] ?? encoding,
    dtype,
    density === null || encoding === 'dense'
      ? ''
      : trans.__('%1 stored', shareWords(density)),
    integers === null
      ? ''
      : integers
        ? trans.__('whole numbers')
        : trans.__('not whole numbers'),
    compression,
    note
  ]
    .filter(Boolean)
    .join(', ');
}

/** A share that is never said to be nothing or all where it is not. */
export function shareWords(share: number): string {
  return share > 0 && share < 0.01
    ? '< ' + formatPercent(0.01)
    : formatPercent(share);
}

/** How the genes are named. */
export function varWords(
  { names, symbols_in, duplicates }: Preview['var'],
  trans: TranslationBundle
): string {
  const kinds = {
    ensembl: trans.__('Ensembl identifiers'),
    symbols: trans.__('gene symbols'),
    other: trans.__('other names')
  };
  return [
    kinds[names],
    symbols_in ? trans.__('symbols in “%1”', symbols_in) : '',
    duplicates === null
      ? ''
      : duplicates === 0
        ? trans.__('none twice')
        : trans._n(
            '%2 is there twice',
            '%2 are there twice',
            duplicates,
            formatInteger(duplicates)
          )
  ]
    .filter(Boolean)
    .join(', ');
}

/** What the values of a column are. */
export function kindWords(
  { kind, dtype, ordered }: PreviewColumn,
  trans: TranslationBundle
): string {
  switch (kind) {
    case 'categories':
      return ordered ? trans.__('ordered categories') : trans.__('categories');
    case 'booleans':
      return trans.__('yes or no');
    case 'texts':
      return trans.__('text');
    default:
      return dtype || trans.__('other');
  }
}

/** From where to where numbers go. */
export function rangeWords(
  { low, high, mean }: PreviewColumn,
  trans: TranslationBundle
): string {
  if (low === null || high === null) {
    return '';
  }
  const range =
    low === high
      ? formatNumber(low)
      : trans.__('%1 to %2', formatNumber(low), formatNumber(high));
  return mean === null || low === high
    ? range
    : trans.__('%1, mean %2', range, formatNumber(mean));
}

/** What a picture shows, for those who do not see it. */
export function pictureWords(
  { picture }: Preview,
  points: IPoints,
  colours: Colours | null,
  trans: TranslationBundle
): string {
  const { cells, embedding } = points;
  const what =
    picture.points < cells
      ? trans.__(
          '%1 of %2 cells in %3',
          formatInteger(picture.points),
          formatInteger(cells),
          embedding
        )
      : trans.__('%1 cells in %2', formatInteger(cells), embedding);
  if (colours === null) {
    return what;
  }
  const by = trans.__('%1, coloured by %2', what, colours.by);
  if (colours.kind === 'numbers') {
    const [low, high] = colours.range.map(formatNumber);
    return trans.__('%1, from %2 to %3', by, low, high);
  }
  const { categories, counts } = colours;
  const named = categories
    .map((name, index) => ({ name, count: counts[index] }))
    .sort((one, other) => other.count - one.count)
    .slice(0, NAMED)
    .map(({ name, count }) => `${name} ${formatInteger(count)}`)
    .join(', ');
  const rest = categories.length - NAMED;
  return rest > 0
    ? trans.__('%1: %2 and %3 more', by, named, formatInteger(rest))
    : `${by}: ${named}`;
}
