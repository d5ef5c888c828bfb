import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISessionContextDialogs } from '@jupyterlab/apputils';
import type { IConsoleTracker } from '@jupyterlab/console';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { ITranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { ConsoleTarget } from './console-target';
import { NotebookTarget } from './notebook-target';
import type { IAddress, ITarget } from './target';

/** The documents of the page that a dataset can be loaded into. */
export class Targets {
  constructor(
    private readonly _app: JupyterFrontEnd,
    private readonly _notebooks: INotebookTracker,
    private readonly _consoles: IConsoleTracker | null,
    private readonly _dialogs: ISessionContextDialogs,
    private readonly _translator: ITranslator
  ) {}

  /** The document in front; else the notebook, else the console, that was used last. */
  current(): ITarget | null {
    return (
      this.of(this._app.shell.currentWidget) ??
      this.of(this._notebooks.currentWidget) ??
      this.of(this._consoles?.currentWidget ?? null)
    );
  }

  /** `widget` as a target, null where it is none. */
  of(widget: Widget | null): ITarget | null {
    if (!widget || widget.isDisposed) {
      return null;
    }
    const notebook = this._notebooks.find(panel => panel === widget);
    if (notebook) {
      return this.ofNotebook(notebook);
    }
    const console = this._consoles?.find(panel => panel === widget);
    return console ? new ConsoleTarget(console) : null;
  }

  ofNotebook(panel: NotebookPanel): ITarget {
    return new NotebookTarget(
      panel,
      this._app.serviceManager.contents,
      this._dialogs,
      this._translator
    );
  }

  /** The open document at an address, null where it is not open in this page. */
  at({ kind, path }: IAddress): ITarget | null {
    const panel =
      kind === 'notebook'
        ? this._notebooks.find(({ context }) => context.path === path)
        : this._consoles?.find(
            ({ sessionContext }) => sessionContext.path === path
          );
    return this.of(panel ?? null);
  }

  /** Open a notebook; null where the application opens it in a page of its own. */
  async open(path: string, kernelName?: string): Promise<ITarget | null> {
    const panel: unknown = await this._app.commands.execute('docmanager:open', {
      path,
      factory: 'Notebook',
      ...(kernelName ? { kernel: { name: kernelName } } : {})
    });
    return panel instanceof Widget ? this.of(panel) : null;
  }

  /** Make an empty notebook file and return its path. */
  async create(directory: string): Promise<string> {
    const { path } = await this._app.serviceManager.contents.newUntitled({
      path: directory,
      type: 'notebook'
    });
    return path;
  }

  /** Bring a document to the front. */
  reveal(target: ITarget): void {
    this._app.shell.activateById(target.id);
  }
}
