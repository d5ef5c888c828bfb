import type { TranslationBundle } from '@jupyterlab/translation';

import type { Connection, Hit, Node } from '../api/models';
import { formatBytes, formatInteger, formatMonth } from '../browser/format';
import { stateWords } from '../connections/words';

/** Who we are at a store, in a few words. */
export function storeWords(
  connection: Connection,
  trans: TranslationBundle
): string {
  return connection.open
    ? connection.user || trans.__('open data only')
    : stateWords(connection, trans);
}

/** What a kind of node is called; a store may have kinds of its own. */
export function kindWords(kind: string, trans: TranslationBundle): string {
  const known: { [kind: string]: string } = {
    space: trans.__('space'),
    project: trans.__('project'),
    collection: trans.__('collection'),
    object: trans.__('object'),
    dataset: trans.__('dataset'),
    program: trans.__('program'),
    node: trans.__('records'),
    folder: trans.__('folder'),
    bucket: trans.__('bucket'),
    study: trans.__('study'),
    manifest: trans.__('manifest'),
    file: trans.__('file'),
    link: trans.__('link'),
    table: trans.__('table'),
    view: trans.__('view')
  };
  return known[kind] ?? kind;
}

/** Kinds that go without saying. */
const PLAIN: readonly string[] = ['space', 'folder'];

/** Whether a row says how large something is, and of when. */
function hasSize({ kind }: Node): boolean {
  return ['dataset', 'file', 'study', 'manifest'].includes(kind);
}

/** Whether it is something to fetch and to load. */
export function isData({ kind, ref, access }: Node): boolean {
  return (
    (kind === 'dataset' || kind === 'file') && ref !== '' && access === 'open'
  );
}

/** Whether its files come as one group. */
export function isFolder({ kind, ref }: Node): boolean {
  return (kind === 'folder' || kind === 'bucket') && ref !== '';
}

/** Whether we are kept out of it. */
export function isClosed({ access }: Node): boolean {
  return access !== 'open';
}

/** What stands beside the name of a node: its type, or size and date of a dataset. */
export function noteWords(node: Node, trans: TranslationBundle): string {
  const parts = hasSize(node)
    ? [
        node.type,
        node.size === null ? '' : formatBytes(node.size),
        formatMonth(node.date)
      ]
    : [
        node.type ||
          (PLAIN.includes(node.kind) ? '' : kindWords(node.kind, trans))
      ];
  return parts.filter(Boolean).join(' · ');
}

/** Where the files of a dataset are, where they are not at hand. */
export function statusWords(status: string, trans: TranslationBundle): string {
  const known: { [status: string]: string } = {
    '': '',
    AVAILABLE: '',
    ARCHIVED: trans.__('archived'),
    ARCHIVE_PENDING: trans.__('being archived'),
    UNARCHIVE_PENDING: trans.__('being unarchived'),
    BACKUP_PENDING: '',
    LOCKED: trans.__('locked')
  };
  return known[status] ?? status.toLowerCase().replace(/_/g, ' ');
}

/** A node as a screen reader says it. */
export function spokenNode(node: Node, trans: TranslationBundle): string {
  return [
    node.title,
    kindWords(node.kind, trans),
    hasSize(node) || node.type ? noteWords(node, trans) : '',
    statusWords(node.status, trans),
    closedWords(node, trans),
    node.count === null
      ? ''
      : trans._n(
          '%2 entry',
          '%2 entries',
          node.count,
          formatInteger(node.count)
        )
  ]
    .filter(Boolean)
    .join(', ');
}

/** That we are kept out of a node, in a word or two beside its name. */
export function closedWords(node: Node, trans: TranslationBundle): string {
  if (!isClosed(node)) {
    return '';
  }
  return node.access === 'login'
    ? trans.__('needs a connection')
    : trans.__('no access');
}

/** Everything that is known of a node, for its tooltip. */
export function fullWords(node: Node): string {
  return [
    node.title,
    node.identifier || node.code,
    node.type,
    node.description,
    node.access_note
  ]
    .filter((line, index, all) => line && all.indexOf(line) === index)
    .join('\n');
}

/** A dataset of a tree as a row of a result list, so that it can be ticked and dragged. */
export function hitOf(node: Node, source: string, kind: string): Hit {
  return {
    ref: node.ref,
    id: node.code || node.id,
    source,
    kind,
    title: node.title,
    collection: '',
    organism: [],
    tissue: [],
    disease: [],
    assay: [],
    cells: null,
    size: node.size,
    format: node.type,
    loads_as_anndata: true,
    stories: 0,
    access: 'open',
    date: node.date,
    in_library: false,
    newer_than_library: false,
    entity: '',
    exports: []
  };
}

/** What a screen reader says of a node after its name. */
export function describedWords({ description, access_note }: Node): string {
  return [access_note, description].filter(Boolean).join(' ');
}
