import { Signal, type ISignal } from '@lumino/signaling';

import type { ConnectionAction, DataHubClient } from '../api/client';
import type {
  Connection,
  ConnectionKind,
  ConnectionRequest
} from '../api/models';

/** What can be said of all connections at once. */
export type Standing = 'none' | 'connected' | 'problem';

/** The stores that know their users, and who we are there. */
export class ConnectionsModel {
  constructor(private readonly _client: DataHubClient) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** All connections by title; null before they are known, a new array after each change. */
  get items(): readonly Connection[] | null {
    return this._items;
  }

  /** Those that can be browsed: the connections, then stores that need none. */
  get stores(): readonly Connection[] | null {
    return this._stores;
  }

  /** Those that a notebook can be saved to just now. */
  get takers(): readonly Connection[] {
    return [
      ...this._connected,
      ...this._open.filter(({ can_save }) => can_save)
    ];
  }

  /** The kinds of stores that one can connect to; none before they are known. */
  get kinds(): readonly ConnectionKind[] {
    return this._kinds;
  }

  /** Why they could not be read the last time; null when they could. */
  get error(): unknown {
    return this._error;
  }

  /** Those that let us in just now. */
  get connected(): readonly Connection[] {
    return this._connected;
  }

  /** Whether there is one in use, and whether one that was in use needs somebody. */
  get standing(): Standing {
    const states = (this._items ?? []).map(({ state }) => state);
    if (states.some(state => state === 'expired' || state === 'error')) {
      return 'problem';
    }
    return states.includes('connected') ? 'connected' : 'none';
  }

  find(name: string): Connection | undefined {
    return this.stores?.find(item => item.name === name);
  }

  /** Read the connections; a failure is kept in `error`. */
  async refresh(): Promise<void> {
    try {
      const { connections, kinds, open } = await this._client.connections();
      this._error = null;
      this._open = open;
      this._kinds = kinds;
      this._publish(connections);
    } catch (error) {
      this._error = error;
      this._changed.emit();
    }
  }

  /** Take what an event or an answer says of one connection. */
  accept(connection: Connection): void {
    const others = (this._items ?? []).filter(
      ({ name }) => name !== connection.name
    );
    this._publish([...others, connection]);
  }

  /** Let us in; throws where the store refuses. */
  async connect(name: string, request: ConnectionRequest): Promise<Connection> {
    const connection = await this._client.connect(name, request);
    this.accept(connection);
    return connection;
  }

  async change(name: string, action: ConnectionAction): Promise<void> {
    this.accept(await this._client.changeConnection(name, action));
  }

  async remove(name: string): Promise<void> {
    this._publish(await this._client.removeConnection(name));
  }

  private _publish(items: readonly Connection[]): void {
    const title = ({ name, title }: Connection): string => title || name;
    this._items = [...items].sort((one, other) =>
      title(one).localeCompare(title(other))
    );
    this._connected = this._items.filter(({ state }) => state === 'connected');
    this._stores = [...this._items, ...this._open];
    this._changed.emit();
  }

  private _items: readonly Connection[] | null = null;
  private _stores: readonly Connection[] | null = null;
  private _open: readonly Connection[] = [];
  private _kinds: readonly ConnectionKind[] = [];
  private _connected: readonly Connection[] = [];
  private _error: unknown = null;
  private _changed = new Signal<this, void>(this);
}
