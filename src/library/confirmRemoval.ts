import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { LibraryItem } from '../api/models';
import { formatBytes } from '../browser/format';

/**
 * Ask before a file goes, naming all that goes with it.
 *
 * @returns Whether to go on.
 */
export async function confirmRemoval(
  item: LibraryItem,
  trans: TranslationBundle
): Promise<boolean> {
  const title = item.title || item.name;
  const { button } = await showDialog({
    title: trans.__('Remove “%1” from the library?', title),
    body: new Widget({ node: describe(item, trans) }),
    // Enter keeps it.
    defaultButton: 0,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep it') }),
      Dialog.warnButton({
        label: trans.__('Remove %1', formatBytes(item.size))
      })
    ]
  });
  return button.accept;
}

function describe(item: LibraryItem, trans: TranslationBundle): HTMLElement {
  const node = document.createElement('div');
  node.className = 'jp-DataHub-removal';
  const paragraph = (text: string): void => {
    node.appendChild(document.createElement('p')).textContent = text;
  };
  paragraph(trans.__('This file is deleted: %1', item.name));
  if (item.links.length > 0) {
    paragraph(trans.__('These links to it go as well:'));
    const list = node.appendChild(document.createElement('ul'));
    for (const link of item.links) {
      list.appendChild(document.createElement('li')).textContent = link;
    }
  }
  paragraph(
    item.ref
      ? trans.__('It can be downloaded again at any time.')
      : trans.__(
          'Where it came from is not known, so it cannot be fetched again.'
        )
  );
  return node;
}
