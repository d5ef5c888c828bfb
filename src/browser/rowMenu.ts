import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import type { Hit } from '../api/models';
import { CommandIDs } from '../tokens';
import { filesOf, filesWords } from './hitFiles';

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
  trans: TranslationBundle,
  restoreFocus: () => void
): void {
  const menu = new Menu({ commands });
  const { entity, ref, size, title } = hit;
  const args = { ref, title, size };
  menu.addItem({ command: CommandIDs.openDataset, args: { ref, entity } });
  if (hit.loads_as_anndata) {
    menu.addItem({ command: CommandIDs.load, args });
  }
  if (!filesOf(hit)) {
    menu.addItem({ command: CommandIDs.download, args });
  }
  for (const made of hit.exports) {
    const group = made.format === 'group';
    menu.addItem({
      command: CommandIDs.download,
      args: {
        ref: made.ref,
        title,
        size: made.size,
        label: group
          ? filesWords(made, trans)
          : trans.__(
              'Download %1',
              made.title.charAt(0).toLowerCase() + made.title.slice(1)
            ),
        ...(group ? { files: made.members } : {})
      }
    });
  }
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
