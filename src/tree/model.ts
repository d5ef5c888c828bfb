import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type { DataHubClient } from '../api/client';
import type { Connection } from '../api/models';
import type { ConnectionsModel } from '../connections/model';
import { Branch } from './branch';
import { childKey, drawnRows, isWithin, rootKey, type ITreeRow } from './rows';

/** What is unfolded in the trees of all stores; children are fetched when somebody looks. */
export class TreeModel implements IDisposable {
  constructor(
    private readonly _client: Pick<DataHubClient, 'tree'>,
    private readonly _connections: ConnectionsModel,
    /** The stores to show; all where it is missing. */
    private readonly _wanted: (connection: Connection) => boolean = () => true
  ) {
    _connections.changed.connect(this._onConnections, this);
    this._onConnections();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** All rows that show; a new array after each change. */
  get rows(): readonly ITreeRow[] {
    return this._rows;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this._connections.changed.disconnect(this._onConnections, this);
    this._branches.forEach(branch => branch.dispose());
    Signal.clearData(this);
  }

  /** Show or hide the children of a row. */
  toggle(row: ITreeRow): void {
    if (row.expanded) {
      this._open.delete(row.key);
      this._draw();
    } else if (row.expanded === false) {
      this._open.add(row.key);
      this._fetch(row, false);
      this._draw();
    }
  }

  /** Fetch the next children of the row that a `more` belongs to, or try again. */
  more(row: ITreeRow): void {
    const parent = this._rows.find(({ key }) => key === row.parent);
    if (parent) {
      this._fetch(parent, true);
    }
  }

  /** The key of the row that is to get the cursor as soon as it shows; empty: none. */
  get pointed(): string {
    return this._pointed;
  }

  /** The row that was pointed at has the cursor. */
  arrived(): void {
    this._pointed = '';
  }

  /**
   * Unfold the way to a node and point at it.
   *
   * @param place - The ids of the nodes on the way, its own last.
   * @returns Whether the store showed it there.
   */
  async reveal(source: string, place: readonly string[]): Promise<boolean> {
    for (let walk = 0; walk < MOST_WALKS; walk++) {
      const { _forgotten: before } = this;
      const key = await this._walk(source, place);
      if (key !== null) {
        this._pointed = key;
        this._draw();
        return true;
      }
      // What is forgotten in mid-walk, as after something is saved, ends the walk too early.
      if (this._forgotten === before) {
        break;
      }
    }
    return false;
  }

  /** Unfold the way to a node; its key, or null where the way ends before it. */
  private async _walk(
    source: string,
    place: readonly string[]
  ): Promise<string | null> {
    let key = rootKey(source);
    for (const id of place) {
      this._open.add(key);
      this._draw();
      const row = this._rows.find(each => each.key === key);
      if (!row || !(await this._find(row, id))) {
        return null;
      }
      key = childKey(key, id);
    }
    return key;
  }

  /** Fetch children of a row until one has an id. */
  private async _find(row: ITreeRow, id: string): Promise<boolean> {
    const known = this._branches.get(row.key);
    const branch = known ?? this._branchOf(row);
    this._branches.set(row.key, branch);
    const has = (): boolean => branch.nodes.some(node => node.id === id);
    for (let page = 0; page < MOST_PAGES && !has(); page++) {
      const before = branch.nodes.length;
      await branch.fetch();
      if (branch.nodes.length === before || branch.error !== null) {
        break;
      }
    }
    return has() && !branch.isDisposed;
  }

  /** Forget what is known below a row and fetch it anew. */
  reload(row: ITreeRow): void {
    this._forget(row.key);
    if (row.expanded) {
      this._fetch(row, false);
    }
    this._draw();
  }

  /** Forget all that is known of a store, as something has changed there. */
  refresh(source: string): void {
    this._forget(rootKey(source));
    this._rows
      .filter(row => row.source === source && row.expanded)
      .forEach(row => this._fetch(row, false));
    this._draw();
  }

  private _fetch(row: ITreeRow, further: boolean): void {
    const known = this._branches.get(row.key);
    if (known && !further) {
      return;
    }
    const branch = known ?? this._branchOf(row);
    this._branches.set(row.key, branch);
    void branch.fetch();
  }

  private _branchOf({ source, node }: ITreeRow): Branch {
    return new Branch(
      (offset, limit, signal) =>
        this._client.tree(source, node?.id ?? '', offset, limit, signal),
      () => this._draw()
    );
  }

  private _forget(prefix: string): void {
    for (const [key, branch] of this._branches) {
      if (isWithin(key, prefix)) {
        branch.dispose();
        this._branches.delete(key);
        this._forgotten++;
      }
    }
  }

  private _onConnections(): void {
    const connections = (this._connections.stores ?? []).filter(this._wanted);
    for (const { name, state, user, anonymous, open } of connections) {
      const connected = state === 'connected';
      // Another user may see other things, and nobody in particular others still.
      const who = connected
        ? user
        : anonymous && state === 'disconnected'
          ? NOBODY
          : null;
      if (this._who.get(name) !== who) {
        this._who.set(name, who);
        this._forget(rootKey(name));
        if (connected && !open && !this._seen.has(name)) {
          this._seen.add(name);
          this._open.add(rootKey(name));
        }
      }
    }
    this._draw();
    for (const row of this._rows) {
      if (row.expanded) {
        this._fetch(row, false);
      }
    }
  }

  private _draw(): void {
    if (this._disposed) {
      return;
    }
    const connections = (this._connections.stores ?? []).filter(this._wanted);
    this._rows = drawnRows(
      connections.map(connection => ({
        connection,
        lets: (this._who.get(connection.name) ?? null) !== null
      })),
      this._open,
      this._branches
    );
    this._changed.emit();
  }

  private _rows: readonly ITreeRow[] = [];
  private _open = new Set<string>();
  private _branches = new Map<string, Branch>();
  /** By connection: who looked last, null where nobody is let in. */
  private _who = new Map<string, string | null>();
  private _seen = new Set<string>();
  private _pointed = '';
  /** How many branches were forgotten so far. */
  private _forgotten = 0;
  private _disposed = false;
  private _changed = new Signal<this, void>(this);
}

/** Pages of children that are looked through for one of them. */
const MOST_PAGES = 50;

/** Walks to a node while its store is changing. */
const MOST_WALKS = 5;

/** Who looks at what is there for everybody; no user has this name. */
const NOBODY = '\n';
