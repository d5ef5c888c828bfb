import { Notification } from '@jupyterlab/apputils';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';

import type { Transfer } from '../api/models';
import type { IDataHub } from '../tokens';

/** Says once for each store that it lets nobody in, however many transfers that holds up. */
export class EndedSessions implements IDisposable {
  constructor(
    private readonly _hub: Pick<IDataHub, 'connections' | 'trans'>,
    /** Leads to where one connects again. */
    private readonly _connect: (source: string) => void
  ) {
    _hub.connections.changed.connect(this._onConnections, this);
    this._end = new DisposableDelegate(() => {
      _hub.connections.changed.disconnect(this._onConnections, this);
    });
  }

  get isDisposed(): boolean {
    return this._end.isDisposed;
  }

  dispose(): void {
    this._end.dispose();
  }

  /** Tell of a transfer that waits, unless that is on the screen already. */
  tell({ source, error }: Transfer): void {
    const told = this._told.get(source);
    if (told && Notification.manager.has(told)) {
      return;
    }
    const { trans } = this._hub;
    const id = Notification.warning(
      trans.__(
        '%1: connect again, and the transfers go on.',
        error?.message ?? source
      ),
      {
        autoClose: false,
        actions: [
          {
            label: trans.__('Connect again'),
            displayType: 'accent',
            callback: () => this._connect(source)
          }
        ]
      }
    );
    this._told.set(source, id);
  }

  private _onConnections(): void {
    for (const { name } of this._hub.connections.connected) {
      const told = this._told.get(name);
      if (told) {
        this._told.delete(name);
        Notification.dismiss(told);
      }
    }
  }

  private readonly _told = new Map<string, string>();
  private readonly _end: IDisposable;
}
