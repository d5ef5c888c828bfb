import type { ISessionContext } from '@jupyterlab/apputils';
import type { ConsolePanel } from '@jupyterlab/console';
import { PathExt } from '@jupyterlab/coreutils';

import type { CellReply } from '../api/models';
import type { ITarget } from './target';

/** An open console as the target of a hand-off; it has no metadata to write an origin into. */
export class ConsoleTarget implements ITarget {
  constructor(private readonly _panel: ConsolePanel) {}

  readonly kind = 'console';
  readonly readOnly = false;
  readonly variables: readonly string[] = [];

  get id(): string {
    return this._panel.id;
  }

  get path(): string {
    return this._panel.sessionContext.path;
  }

  get name(): string {
    return this._panel.title.label;
  }

  get directory(): string {
    return PathExt.dirname(this.path);
  }

  get sessionContext(): ISessionContext {
    return this._panel.sessionContext;
  }

  get ready(): Promise<void> {
    return this._panel.sessionContext.ready;
  }

  place(): null {
    return null;
  }

  async deliver(reply: CellReply): Promise<boolean> {
    await this._panel.console.inject(reply.code);
    return true;
  }

  showDelivered(): void {
    // A console shows its newest cell by itself.
  }
}
