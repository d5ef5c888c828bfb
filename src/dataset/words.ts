import type { TranslationBundle } from '@jupyterlab/translation';

import type { Access } from '../api/models';

/** What an access means for the person who wants the bytes. */
export function accessSentence(
  access: Access,
  trans: TranslationBundle
): string {
  switch (access) {
    case 'open':
      return trans.__('Anybody may download it.');
    case 'login':
      return trans.__('It can be downloaded after you log in at its catalog.');
    case 'controlled':
      return trans.__(
        'Its catalog decides who may download it; apply for access there.'
      );
    case 'requester_pays':
      return trans.__('Whoever downloads it pays its host for the bytes.');
    case 'request':
      return trans.__('Ask its owners for it.');
    case 'view_only':
      return trans.__('It can be looked at, not downloaded.');
  }
}

/** The name of a facet as a heading. */
export function facetTitle(name: string, trans: TranslationBundle): string {
  const known: { [name: string]: string } = {
    organism: trans.__('Organism'),
    tissue: trans.__('Tissue'),
    disease: trans.__('Disease'),
    assay: trans.__('Assay'),
    cell_type: trans.__('Cell type'),
    sex: trans.__('Sex'),
    development_stage: trans.__('Development stage'),
    self_reported_ethnicity: trans.__('Self-reported ethnicity'),
    suspension_type: trans.__('Suspension'),
    format: trans.__('Format'),
    year: trans.__('Year')
  };
  return known[name] ?? sentenceCase(name);
}

/** What is written in capitals wherever it stands. */
const ACRONYMS = new Set(['dna', 'doi', 'eln', 'id', 'rna', 'umap', 'url']);

/** A field's name as words: `batch_condition` is "Batch condition", `eln` is "ELN". */
export function sentenceCase(name: string): string {
  const words = name
    .replace(/[_\s]+/g, ' ')
    .trim()
    .split(' ')
    .map(word => (ACRONYMS.has(word.toLowerCase()) ? word.toUpperCase() : word))
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What datasets belong to, as a word that stands alone. */
export function entityWords(entity: string, trans: TranslationBundle): string {
  const known: { [entity: string]: string } = {
    space: trans.__('Space'),
    project: trans.__('Project'),
    collection: trans.__('Collection'),
    object: trans.__('Object')
  };
  return known[entity] ?? sentenceCase(entity);
}

/** What shows the page of a dataset, or of what else a catalog lists. */
export function openWords(entity: unknown, trans: TranslationBundle): string {
  const known: { [entity: string]: string } = {
    project: trans.__('Open project'),
    sample: trans.__('Open sample'),
    study: trans.__('Open study'),
    file: trans.__('Open file')
  };
  return known[String(entity)] ?? trans.__('Open dataset');
}

/** The heading of what belongs to something, by its kind. */
export function contentsTitle(kind: string, trans: TranslationBundle): string {
  const known: { [kind: string]: string } = {
    project: trans.__('Projects'),
    collection: trans.__('Collections'),
    object: trans.__('Objects'),
    dataset: trans.__('Datasets'),
    file: trans.__('Files')
  };
  return known[kind] ?? sentenceCase(kind);
}
