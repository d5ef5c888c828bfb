import type { NotebookPanel } from '@jupyterlab/notebook';
import type { MimeData } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { Drag } from '@lumino/dragdrop';

import { REF_MIME } from '../tokens';
import type { IPlace } from './target';

const ABOVE = 'jp-DataHub-dropAbove';
const BELOW = 'jp-DataHub-dropBelow';
const OVER = 'jp-DataHub-dropOver';

/** A dataset that is being dragged. */
export interface IDragged {
  ref: string;
  title: string;
}

type Listener = (dragged: IDragged, place: IPlace | null) => void;

/** Read the dataset out of what is dragged, null where it is something else. */
export function draggedFrom(mimeData: MimeData): IDragged | null {
  const data: unknown = mimeData.getData(REF_MIME);
  if (typeof data !== 'object' || data === null) {
    return null;
  }
  const { ref, title } = data as Partial<Record<string, unknown>>;
  return typeof ref === 'string' && ref
    ? { ref, title: typeof title === 'string' ? title : '' }
    : null;
}

/** Which side of a box a pointer is nearer to. */
export function sideOf(
  { top, height }: { top: number; height: number },
  y: number
): IPlace['side'] {
  return y < top + height / 2 ? 'above' : 'below';
}

/** Lets datasets be dropped onto a notebook, between its cells. */
export class NotebookDrop implements IDisposable {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _dropped: Listener
  ) {
    for (const type of EVENTS) {
      this._node.addEventListener(type, this);
    }
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    for (const type of EVENTS) {
      this._node.removeEventListener(type, this);
    }
  }

  handleEvent(event: Event): void {
    const drag = event as Drag.Event;
    const dragged = draggedFrom(drag.mimeData);
    if (!dragged) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    switch (event.type) {
      case 'lm-dragleave':
        this._unmark();
        break;
      case 'lm-drop': {
        const place = this._placeOf(drag);
        this._unmark();
        drag.dropAction = drag.proposedAction;
        this._dropped(dragged, place);
        break;
      }
      default:
        drag.dropAction = drag.proposedAction;
        this._mark(drag);
    }
  }

  private _mark(drag: Drag.Event): void {
    this._unmark();
    this._node.classList.add(OVER);
    const place = this._placeOf(drag);
    const cell = this._panel.content.widgets.find(
      ({ model }) => model.id === place?.cell
    );
    cell?.node.classList.add(place?.side === 'above' ? ABOVE : BELOW);
    this._marked = cell?.node ?? null;
  }

  private _unmark(): void {
    this._node.classList.remove(OVER);
    this._marked?.classList.remove(ABOVE, BELOW);
    this._marked = null;
  }

  /** The place under the pointer; the end of the notebook where there is no cell. */
  private _placeOf(drag: Drag.Event): IPlace | null {
    const cells = this._panel.content.widgets;
    const under = cells.find(({ node }) => node.contains(drag.target as Node));
    if (under) {
      const side = sideOf(under.node.getBoundingClientRect(), drag.clientY);
      return { cell: under.model.id, side };
    }
    const last = cells[cells.length - 1];
    return last ? { cell: last.model.id, side: 'below' } : null;
  }

  private get _node(): HTMLElement {
    return this._panel.content.node;
  }

  private _isDisposed = false;
  private _marked: HTMLElement | null = null;
}

const EVENTS = ['lm-dragenter', 'lm-dragover', 'lm-dragleave', 'lm-drop'];
