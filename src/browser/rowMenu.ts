import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import type { Hit } from '../api/models';
import { CommandIDs } from '../tokens';

/**
 * Open the menu of a dataset at a place of the page.
 *
 * @param restoreFocus - Called when the menu has closed and nothing else took the focus.
 */
export function openRowMenu(
  commands: CommandRegistry,
  hit: Hit,
  x: number,
  y: number,
  restoreFocus: () => void
): void {
  const menu = new Menu({ commands });
  const args = { ref: hit.ref, title: hit.title, size: hit.size };
  menu.addItem({ command: CommandIDs.openDataset, args });
  if (hit.loads_as_anndata) {
    menu.addItem({ command: CommandIDs.load, args });
  }
  menu.addItem({ command: CommandIDs.download, args });
  menu.addItem({ type: 'separator' });
  menu.addItem({ command: CommandIDs.copyIdentifier, args });
  menu.addItem({ command: CommandIDs.copyCitation, args });
  menu.addItem({ command: CommandIDs.openInBrowser, args });
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
