import { readFile, type IManifestFile } from './file';

/** A class for as long as a file is held over a part of the page. */
const HELD = 'jp-mod-heldFile';

/**
 * Take files that are dropped onto a part of the page, which the browser would open instead.
 *
 * @param take - Gets the first file.
 */
export function takeDroppedFiles(
  node: HTMLElement,
  take: (file: IManifestFile) => void
): void {
  const hasFile = (event: DragEvent): boolean =>
    event.dataTransfer?.types.includes('Files') ?? false;
  node.addEventListener('dragover', event => {
    if (hasFile(event)) {
      event.preventDefault();
      node.classList.add(HELD);
    }
  });
  node.addEventListener('dragleave', event => {
    if (!node.contains(event.relatedTarget as Node | null)) {
      node.classList.remove(HELD);
    }
  });
  node.addEventListener('drop', event => {
    node.classList.remove(HELD);
    const file = event.dataTransfer?.files[0];
    if (file) {
      event.preventDefault();
      event.stopPropagation();
      void readFile(file).then(take);
    }
  });
}
