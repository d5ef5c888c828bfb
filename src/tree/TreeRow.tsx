import {
  caretDownIcon,
  caretRightIcon,
  checkIcon,
  circleIcon,
  ellipsesIcon,
  fileIcon,
  folderIcon,
  launchIcon,
  linkIcon,
  listIcon,
  spreadsheetIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import { memo, type ReactElement } from 'react';

import { asErrorBody } from '../api/errors';
import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';
import { connectionTitle } from '../connections/words';
import { sentences } from '../api/sentences';
import { PAGE } from './branch';
import type { ITreeRow } from './rows';
import {
  closedWords,
  describedWords,
  fullWords,
  isClosed,
  noteWords,
  spokenNode,
  statusWords,
  storeWords
} from './words';

const ICONS: { readonly [kind: string]: LabIcon } = {
  space: folderIcon,
  project: folderIcon,
  collection: listIcon,
  object: circleIcon,
  dataset: fileIcon,
  node: spreadsheetIcon,
  study: listIcon,
  manifest: listIcon,
  file: fileIcon,
  link: linkIcon,
  table: spreadsheetIcon,
  view: spreadsheetIcon
};

interface IProps {
  readonly id: string;
  readonly index: number;
  readonly row: ITreeRow;
  readonly active: boolean;
  /** null where it cannot be ticked. */
  readonly ticked: boolean | null;
  /** Whether there is a menu of what can be done. */
  readonly menu: boolean;
  /** Whether it has a page beside what it unfolds. */
  readonly page: boolean;
}

/** One line of the tree. */
export const TreeRow = memo((props: IProps): ReactElement => {
  const { trans } = useSidebar().hub;
  const { id, index, row, active, ticked, menu, page } = props;
  const { kind, level, expanded, position, siblings } = row;
  const Caret = expanded ? caretDownIcon : caretRightIcon;
  const words = spoken(row, trans);
  const described = row.node ? describedWords(row.node) : '';
  const closed = row.node !== null && isClosed(row.node);
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={level}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-expanded={expanded ?? undefined}
      aria-selected={ticked ?? undefined}
      aria-label={words}
      aria-describedby={described ? `${id}-about` : undefined}
      aria-busy={kind === 'loading' || undefined}
      data-index={index}
      title={row.node ? fullWords(row.node) : undefined}
      className={`jp-DataHub-treeRow jp-mod-${kind} ${active ? 'jp-mod-active' : ''} ${closed ? 'jp-mod-closed' : ''}`}
      style={{ paddingLeft: `${(level - 1) * 14 + 2}px` }}
    >
      <span className="jp-DataHub-treeCaret" aria-hidden="true">
        {expanded !== null && (
          <Caret.react tag="span" className="jp-DataHub-icon" />
        )}
      </span>
      {ticked !== null && (
        <span
          className={`jp-DataHub-tick ${ticked ? 'jp-mod-ticked' : ''}`}
          aria-hidden="true"
        >
          <span className="jp-DataHub-tickBox">
            {ticked && (
              <checkIcon.react tag="span" className="jp-DataHub-icon" />
            )}
          </span>
        </span>
      )}
      <Content row={row} words={words} />
      {described && (
        <span id={`${id}-about`} hidden>
          {described}
        </span>
      )}
      {page && (
        <span
          className="jp-DataHub-treePage"
          aria-hidden="true"
          title={trans.__('Open its page (Enter)')}
        >
          <launchIcon.react tag="span" className="jp-DataHub-icon" />
        </span>
      )}
      {menu && row.node?.ref && (
        <span
          className="jp-DataHub-treeMore"
          aria-hidden="true"
          title={trans.__('What can be done')}
        >
          <ellipsesIcon.react tag="span" className="jp-DataHub-icon" />
        </span>
      )}
    </div>
  );
});
TreeRow.displayName = 'TreeRow';

function Content({
  row,
  words
}: {
  readonly row: ITreeRow;
  readonly words: string;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const { connection, node } = row;
  if (connection) {
    return (
      <>
        <span
          className={`jp-DataHub-treeStore jp-mod-${connection.state}`}
          aria-hidden="true"
        >
          <span className="jp-DataHub-standing" />
        </span>
        <span className="jp-DataHub-treeTitle">
          {connectionTitle(connection)}
        </span>
        <span className="jp-DataHub-treeNote">
          {storeWords(connection, trans)}
        </span>
      </>
    );
  }
  if (!node) {
    return <span className="jp-DataHub-treeWords">{words}</span>;
  }
  const Icon = ICONS[node.kind] ?? folderIcon;
  const status = statusWords(node.status, trans) || closedWords(node, trans);
  return (
    <>
      <Icon.react
        tag="span"
        className="jp-DataHub-icon jp-DataHub-treeIcon"
        aria-hidden="true"
      />
      <span className="jp-DataHub-treeTitle">{node.title}</span>
      {status && <span className="jp-DataHub-treeStatus">{status}</span>}
      <span className="jp-DataHub-treeNote">{noteWords(node, trans)}</span>
      {node.count !== null && (
        <span className="jp-DataHub-count">{formatInteger(node.count)}</span>
      )}
    </>
  );
}

function spoken(row: ITreeRow, trans: TranslationBundle): string {
  const { kind, connection, node, rest, error } = row;
  if (connection) {
    return `${connectionTitle(connection)}, ${storeWords(connection, trans)}`;
  }
  if (node) {
    return spokenNode(node, trans);
  }
  switch (kind) {
    case 'more':
      if (rest === Infinity) {
        return trans.__('Show more');
      }
      return trans.__(
        'Show %1 more (%2 left)',
        formatInteger(Math.min(PAGE, rest)),
        formatInteger(rest)
      );
    case 'empty':
      return trans.__('Nothing in here that you may see');
    case 'error': {
      const { message, hint } = asErrorBody(error, trans);
      return sentences([message, hint, trans.__('Click to try again')]);
    }
    default:
      return trans.__('Loading…');
  }
}
