import type { TranslationBundle } from '@jupyterlab/translation';

import type { Access, Hit } from '../api/models';
import { formatBytes, formatInteger, formatMonth } from './format';

/** Values of one kind shown in a row; the others are counted. */
const SHOWN = 2;

/** What stands between the user and the bytes, in two words. */
export function accessWords(access: Access, trans: TranslationBundle): string {
  const words: { [access in Access]: string } = {
    open: trans.__('open'),
    login: trans.__('needs a login'),
    controlled: trans.__('controlled'),
    requester_pays: trans.__('requester pays'),
    request: trans.__('on request'),
    view_only: trans.__('view only')
  };
  return words[access];
}

/** What was measured: organism, tissue, disease, assay. */
export function subjectWords(hit: Hit): string {
  const diseases = hit.disease.filter(value => value !== 'normal');
  return [hit.organism, hit.tissue, diseases, hit.assay]
    .map(few)
    .filter(part => part)
    .join(' · ');
}

/** How much there is: cells, bytes. */
export function amountWords(hit: Hit, trans: TranslationBundle): string[] {
  return [
    hit.cells === null
      ? ''
      : trans._n('%2 cell', '%2 cells', hit.cells, formatInteger(hit.cells)),
    hit.stories > 0
      ? trans._n(
          '%2 story',
          '%2 stories',
          hit.stories,
          formatInteger(hit.stories)
        )
      : '',
    hit.size !== null
      ? formatBytes(hit.size)
      : hit.stories > 0
        ? ''
        : trans.__('size unknown'),
    hit.loads_as_anndata ? '' : hit.format
  ].filter(part => part);
}

/** A row as a screen reader says it. */
export function spokenHit(
  hit: Hit,
  source: string,
  trans: TranslationBundle
): string {
  return [
    hit.title,
    source,
    subjectWords(hit),
    ...amountWords(hit, trans),
    accessWords(hit.access, trans),
    formatMonth(hit.date),
    hit.in_library ? trans.__('in the library') : '',
    hit.newer_than_library ? trans.__('newer than the one in the library') : ''
  ]
    .filter(part => part)
    .join(', ');
}

function few(values: readonly string[]): string {
  const shown = values.slice(0, SHOWN).join(', ');
  return values.length > SHOWN ? `${shown} +${values.length - SHOWN}` : shown;
}
