import type { TranslationBundle } from '@jupyterlab/translation';

import type { Asset, Member, MemberListing } from '../api/models';
import { formatBytes, formatInteger } from '../browser/format';

/** Archives whose files are listed, and files of several modalities. */
const BUNDLE = /\.(zip|tar|tar\.gz|tgz|h5mu)$/i;
const MUDATA = /\.h5mu$/i;

/** Whether a file holds several things, of which one can be loaded. */
export function isBundle({ name, group, volatile }: Asset): boolean {
  return BUNDLE.test(name) && !group && !volatile;
}

/** Whether a file has modalities rather than files in it. */
export function hasModalities({ name }: Pick<Asset, 'name'>): boolean {
  return MUDATA.test(name);
}

/** What a member is, and what becomes of it or why nothing does. */
export function kindWords(member: Member, trans: TranslationBundle): string {
  const { beside, kind } = member;
  switch (kind) {
    case 'anndata':
      return trans.__('AnnData');
    case 'loom':
      return trans.__('Loom, becomes an AnnData');
    case 'matrix':
      return beside.length
        ? trans.__('10x matrix in three files, becomes an AnnData')
        : trans.__('10x matrix, becomes an AnnData');
    case 'table':
      return trans.__('Table, becomes an AnnData where it is one of cells');
    case 'modality':
      return member.loads
        ? trans.__('Modality, becomes an AnnData of its own')
        : trans.__('Modality that is no AnnData');
    case 'part':
      return beside.length
        ? trans.__('Belongs to %1', beside.join(', '))
        : trans.__('Part of a 10x matrix whose other files are missing');
    case 'modalities':
      return trans.__('Several modalities: take it out of the archive first');
    case 'archive':
      return trans.__('Another archive: take it out of this one first');
    case 'store':
      return trans.__('Part of a Zarr store: take that out of the archive');
    default:
      return trans.__('Does not become an AnnData');
  }
}

/** How large a member is: cells by genes of a modality, else its bytes once it is unpacked. */
export function extentWords(
  { shape, size }: Member,
  trans: TranslationBundle
): string {
  if (shape?.length === 2) {
    return trans.__(
      '%1 cells × %2 features',
      formatInteger(shape[0]),
      formatInteger(shape[1])
    );
  }
  return size === null ? '' : formatBytes(size);
}

/** What there is in a file, and what it cost to find out. */
export function totalWords(
  { members, total, requests, bytes_fetched, size }: MemberListing,
  modalities: boolean,
  trans: TranslationBundle
): string {
  const loads = members.filter(member => member.loads).length;
  const found = modalities
    ? trans._n('%2 modality', '%2 modalities', total, formatInteger(total))
    : trans.__(
        '%1, %2 of which can be loaded',
        trans._n('%2 file', '%2 files', total, formatInteger(total)),
        formatInteger(loads)
      );
  return requests && size !== null
    ? trans.__(
        '%1. Read %2 of %3 to find out.',
        found,
        formatBytes(bytes_fetched),
        formatBytes(size)
      )
    : `${found}.`;
}
