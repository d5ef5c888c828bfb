import type {
  ISessionContext,
  ISessionContextDialogs
} from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import { PathExt } from '@jupyterlab/coreutils';
import type {
  INotebookModel,
  Notebook,
  NotebookPanel
} from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import type { ITranslator } from '@jupyterlab/translation';

import type { CellReply } from '../api/models';
import { inputsOf, METADATA_KEY, recordInput } from './provenance';
import type { IPlace, ITarget } from './target';

/** An open notebook as the target of a hand-off. */
export class NotebookTarget implements ITarget {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _contents: Pick<Contents.IManager, 'localPath'>,
    private readonly _dialogs: ISessionContextDialogs,
    private readonly _translator: ITranslator
  ) {}

  readonly kind = 'notebook';

  get id(): string {
    return this._panel.id;
  }

  get path(): string {
    return this._panel.context.path;
  }

  get name(): string {
    return PathExt.basename(this._contents.localPath(this.path));
  }

  get directory(): string {
    return PathExt.dirname(this._contents.localPath(this.path));
  }

  get sessionContext(): ISessionContext {
    return this._panel.sessionContext;
  }

  get readOnly(): boolean {
    return (
      this._panel.context.contentsModel?.writable === false ||
      this._panel.content.model?.readOnly === true
    );
  }

  get variables(): readonly string[] {
    const metadata: unknown =
      this._panel.content.model?.getMetadata(METADATA_KEY);
    return inputsOf(metadata).map(input => input.variable);
  }

  get ready(): Promise<void> {
    return this._panel.context.ready.then(
      () => this._panel.sessionContext.ready
    );
  }

  place(): IPlace | null {
    return activePlace(this._panel.content);
  }

  async deliver(reply: CellReply, place: IPlace | null): Promise<boolean> {
    const notebook = this._panel.content;
    const { model } = notebook;
    if (!model) {
      return false;
    }
    const typing =
      notebook.mode === 'edit' &&
      notebook.node.contains(document.activeElement);
    const cell = insertCode(notebook, model, reply.code, place);
    this._delivered = cell;
    const index = notebook.widgets.indexOf(cell);
    // Whoever is typing, or has an empty cell to go on with, stays there.
    const stays =
      typing ||
      (notebook.activeCellIndex === index + 1 && isEmpty(notebook.activeCell));
    if (reply.input) {
      recordInput(model, reply.input);
    }
    if (!stays) {
      notebook.activeCellIndex = index;
      notebook.deselectAll();
    }
    const ran = this._run(cell, typing);
    if (!typing) {
      // A cell that is not drawn yet cannot be scrolled to, which costs nothing but comfort.
      await notebook.scrollToItem(index, 'smart').catch(() => undefined);
    }
    return ran;
  }

  showDelivered(): void {
    if (this._delivered && !this._delivered.isDisposed) {
      void this._panel.content.scrollToCell(this._delivered);
    }
  }

  /**
   * Run a cell and leave focus and mode to the user.
   *
   * Running switches a notebook to command mode, where the letters of somebody who is typing
   * would be commands, and may pull the focus out of another part of the window.
   */
  private _run(cell: Cell, typing: boolean): Promise<boolean> {
    const notebook = this._panel.content;
    const focused = document.activeElement;
    const ran = NotebookActions.runCells(
      notebook,
      [cell],
      this._panel.sessionContext,
      this._dialogs,
      this._translator
    );
    if (typing) {
      notebook.mode = 'edit';
    } else if (
      focused instanceof HTMLElement &&
      focused !== document.activeElement &&
      !notebook.node.contains(focused)
    ) {
      focused.focus({ preventScroll: true });
    }
    return ran;
  }

  private _delivered: Cell | null = null;
}

/** Return the index at which a cell for `place` goes; `fallback` where that cell is gone. */
export function indexFor(
  ids: readonly string[],
  place: IPlace | null,
  fallback: IPlace | null
): number {
  for (const wanted of [place, fallback]) {
    const index = wanted ? ids.indexOf(wanted.cell) : -1;
    if (index !== -1) {
      return wanted?.side === 'above' ? index : index + 1;
    }
  }
  return ids.length;
}

function insertCode(
  notebook: Notebook,
  model: INotebookModel,
  code: string,
  place: IPlace | null
): Cell {
  const ids = notebook.widgets.map(cell => cell.model.id);
  const index = indexFor(ids, place, activePlace(notebook));
  model.sharedModel.insertCell(index, {
    cell_type: 'code',
    source: code,
    // Made by the user's click, so its output may be shown.
    metadata: { trusted: true }
  });
  return notebook.widgets[index];
}

/**
 * Below the active cell; above it where it is empty, as that is where the user writes on.
 */
function activePlace(notebook: Notebook): IPlace | null {
  const model = notebook.activeCell?.model;
  if (!model) {
    return null;
  }
  const side = isEmpty(notebook.activeCell) ? 'above' : 'below';
  return { cell: model.id, side };
}

function isEmpty(cell: Cell | null): boolean {
  return (
    cell?.model.type === 'code' && !cell.model.sharedModel.getSource().trim()
  );
}
