import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';

import type { Hit } from '../api/models';
import { REF_MIME } from '../tokens';

/** Pixels the pointer moves before a press becomes a drag. */
const THRESHOLD = 5;

/**
 * Let a pressed row be dragged: away into a notebook, where it is loaded, or as plain text.
 */
export function watchDrag(hit: Hit, pressed: MouseEvent): void {
  const stop = (): void => {
    document.removeEventListener('mousemove', onMove, true);
    document.removeEventListener('mouseup', stop, true);
  };
  const onMove = (event: MouseEvent): void => {
    const distance = Math.max(
      Math.abs(event.clientX - pressed.clientX),
      Math.abs(event.clientY - pressed.clientY)
    );
    if (distance >= THRESHOLD) {
      stop();
      void startDrag(hit, event.clientX, event.clientY);
    }
  };
  document.addEventListener('mousemove', onMove, true);
  document.addEventListener('mouseup', stop, true);
}

async function startDrag(hit: Hit, x: number, y: number): Promise<void> {
  const mimeData = new MimeData();
  mimeData.setData(REF_MIME, { ref: hit.ref, title: hit.title });
  mimeData.setData('text/plain', hit.ref);
  const dragImage = document.createElement('div');
  dragImage.className = 'jp-DataHub-dragImage';
  dragImage.textContent = hit.title;
  const drag = new Drag({
    mimeData,
    dragImage,
    supportedActions: 'copy',
    proposedAction: 'copy'
  });
  await drag.start(x, y);
  drag.dispose();
}
