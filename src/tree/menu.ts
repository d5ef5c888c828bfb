import type { TranslationBundle } from '@jupyterlab/translation';
import { Menu } from '@lumino/widgets';

import type { Node } from '../api/models';
import type { ISidebarContext } from '../browser/context';
import { CommandIDs } from '../tokens';
import type { ITreeRow } from './rows';
import { isClosed, isData, isFolder } from './words';

/**
 * Open the menu of a row of the tree; rows with nothing to do have none.
 *
 * @param restoreFocus - Called when the menu has closed and nothing else took the focus.
 */
export function openTreeMenu(
  { commands, hub: { trans } }: ISidebarContext,
  row: ITreeRow,
  [x, y]: readonly [number, number],
  restoreFocus: () => void
): void {
  const { connection, node } = row;
  const menu = new Menu({ commands });
  if (connection) {
    const { name } = connection;
    if (!connection.open) {
      menu.addItem({ command: CommandIDs.connections, args: { name } });
    }
    if (connection.has_graphql) {
      menu.addItem({ command: CommandIDs.graphql, args: { source: name } });
    }
    if (connection.reads_manifests) {
      menu.addItem({
        command: CommandIDs.downloadManifest,
        args: { source: name }
      });
    }
  } else if (node) {
    addNode(menu, row, node, trans);
  }
  if (menu.items.length === 0) {
    menu.dispose();
    return;
  }
  // The chosen command runs after the menu has closed.
  menu.aboutToClose.connect(() => {
    window.setTimeout(() => {
      menu.dispose();
      if (document.activeElement === document.body) {
        restoreFocus();
      }
    });
  });
  menu.open(x, y);
}

/** The table that is loaded where the row itself is none: the first that is made of it. */
export function tableOf({
  node
}: Pick<ITreeRow, 'node'>): { ref: string; title: string } | null {
  const table = node?.exports[0];
  return node && table ? { ref: table.ref, title: node.title } : null;
}

function addNode(
  menu: Menu,
  row: ITreeRow,
  node: Node,
  trans: TranslationBundle
): void {
  const { ref, title, size } = node;
  const args = { ref, title, size };
  if (isData(node)) {
    menu.addItem({ command: CommandIDs.openDataset, args });
    menu.addItem({ command: CommandIDs.load, args });
    menu.addItem({ command: CommandIDs.download, args });
    menu.addItem({ type: 'separator' });
  } else if (ref) {
    menu.addItem({
      command: CommandIDs.openDataset,
      args: { ref, page: true }
    });
  }
  addExports(menu, node, trans);
  if (ref && isFolder(node)) {
    menu.addItem({
      command: CommandIDs.download,
      args: { ref, title, group: true, label: trans.__('Download the folder…') }
    });
  } else if (ref && !isClosed(node)) {
    menu.addItem({
      command: CommandIDs.newNotebook,
      args: { refs: [ref], title }
    });
  }
  if (ref && node.can_save) {
    menu.addItem({
      command: CommandIDs.save,
      args: {
        source: row.source,
        owner: ref,
        identifier: node.identifier || title
      }
    });
  }
  if (ref) {
    menu.addItem({ type: 'separator' });
    menu.addItem({ command: CommandIDs.copyIdentifier, args });
    menu.addItem({ command: CommandIDs.openInBrowser, args });
  }
}

/** The tables that the store makes of what the node holds. */
function addExports(menu: Menu, node: Node, trans: TranslationBundle): void {
  const table = tableOf({ node });
  if (table) {
    menu.addItem({
      command: CommandIDs.load,
      args: { ...table, label: trans.__('Load as DataFrame') }
    });
  }
  for (const { ref, format, title } of node.exports) {
    const kind = format.toUpperCase() || title;
    menu.addItem({
      command: CommandIDs.download,
      args: {
        ref,
        title: `${node.title} (${kind})`,
        label: trans.__('Download as %1', kind)
      }
    });
  }
}
