import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import { CommandIDs } from '../tokens';
import type { ITreeRow } from './model';

/**
 * Open the menu of a row of the tree; rows with nothing to do have none.
 *
 * @param restoreFocus - Called when the menu has closed and nothing else took the focus.
 */
export function openTreeMenu(
  commands: CommandRegistry,
  row: ITreeRow,
  [x, y]: readonly [number, number],
  restoreFocus: () => void
): void {
  const { connection, node } = row;
  const menu = new Menu({ commands });
  if (connection) {
    menu.addItem({
      command: CommandIDs.connections,
      args: { name: connection.name }
    });
  } else if (node?.ref) {
    const { ref, title, size } = node;
    const args = { ref, title, size };
    if (node.kind !== 'dataset') {
      menu.addItem({
        command: CommandIDs.openDataset,
        args: { ref, page: true }
      });
    } else {
      menu.addItem({ command: CommandIDs.openDataset, args });
      menu.addItem({ command: CommandIDs.load, args });
      menu.addItem({ command: CommandIDs.download, args });
      menu.addItem({ type: 'separator' });
    }
    menu.addItem({
      command: CommandIDs.newNotebook,
      args: { refs: [ref], title }
    });
    if (node.can_save) {
      menu.addItem({
        command: CommandIDs.save,
        args: {
          source: row.source,
          owner: ref,
          identifier: node.identifier || title
        }
      });
    }
    menu.addItem({ type: 'separator' });
    menu.addItem({ command: CommandIDs.copyIdentifier, args });
    menu.addItem({ command: CommandIDs.openInBrowser, args });
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
