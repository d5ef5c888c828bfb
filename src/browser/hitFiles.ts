import type { TranslationBundle } from '@jupyterlab/translation';

import type { Export, Hit, Transfer } from '../api/models';
import type { IWanted } from '../tokens';
import type { TransfersModel } from '../transfers/model';
import { formatBytes, formatInteger } from './format';

/** All files of a hit that is no file itself; null where a download brings the one that is meant. */
export function filesOf({ exports, loads_as_anndata }: Hit): Export | null {
  const group = exports.find(({ format }) => format === 'group');
  return loads_as_anndata ? null : (group ?? null);
}

/** What a download of a hit fetches. */
export function wantedOf(hit: Hit): IWanted {
  const { ref, title, size } = hit;
  const files = filesOf(hit);
  return files
    ? { ref: files.ref, title, size: files.size, files: files.members }
    : { ref, title, size };
}

/** The newest transfer of a hit, or of all its files. */
export function transferOf(
  hit: Hit,
  transfers: Pick<TransfersModel, 'of'>
): Transfer | undefined {
  const files = filesOf(hit);
  return transfers.of(hit.ref) ?? (files ? transfers.of(files.ref) : undefined);
}

/** What fetches all files of a hit, and what that costs: "Download all 12 files (3 MB)…". */
export function filesWords(
  { members, size }: Export,
  trans: TranslationBundle
): string {
  const cost = size === null ? '' : ` (${formatBytes(size)})`;
  return members === null
    ? trans.__('Download files%1…', cost)
    : trans._n(
        'Download %2 file%3…',
        'Download all %2 files%3…',
        members,
        formatInteger(members),
        cost
      );
}
