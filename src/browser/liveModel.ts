import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type { DataHubClient } from '../api/client';
import { CancelledError } from '../api/errors';
import type { Connection, Facet, Hit } from '../api/models';
import type { ConnectionsModel } from '../connections/model';
import { connectionTitle } from '../connections/words';
import { toParams, type Query } from './query';
import type { SearchModel } from './searchModel';

/** Rows fetched at once. */
export const LIVE_PAGE = 20;
/** Milliseconds of silence before a store is asked: it is further away than our own index. */
const TYPING = 300;

/** What one store has answered to the query of the moment. */
export interface ILiveAnswer {
  readonly source: string;
  readonly title: string;
  readonly total: number;
  readonly hits: readonly Hit[];
  readonly facets: readonly Facet[];
  readonly loading: boolean;
  readonly error: unknown;
  /** Names of filters that the store does not know, so that it was not asked. */
  readonly unknown: readonly string[];
}

/**
 * The search in stores that are in no catalog here, because what is in them depends on who asks.
 *
 * Their answers come after those of the catalogs and stand below them.
 */
export class LiveModel implements IDisposable {
  constructor(
    private readonly _client: Pick<DataHubClient, 'searchSource'>,
    private readonly _connections: ConnectionsModel,
    private readonly _search: SearchModel
  ) {
    _search.changed.connect(this._onSearch, this);
    _connections.changed.connect(this._onConnections, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The answers by title of the store; a new array after each change. */
  get answers(): readonly ILiveAnswer[] {
    return this._answers;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    window.clearTimeout(this._timer);
    this._callOff();
    this._search.changed.disconnect(this._onSearch, this);
    this._connections.changed.disconnect(this._onConnections, this);
    Signal.clearData(this);
  }

  /** Fetch the next rows of a store, or try again. */
  async more(source: string): Promise<void> {
    const answer = this._answers.find(each => each.source === source);
    if (!answer || answer.loading) {
      return;
    }
    const running = new AbortController();
    this._running.set(source, running);
    this._change(source, { loading: true, error: null });
    const { query } = this._search.state;
    try {
      const found = await this._client.searchSource(
        source,
        toParams(asked(query), answer.hits.length, LIVE_PAGE),
        running.signal
      );
      if (!running.signal.aborted) {
        const known = new Set(answer.hits.map(({ ref }) => ref));
        this._facets.set(source, found.facets);
        this._change(source, {
          loading: false,
          total: found.total,
          facets: found.facets,
          hits: [
            ...answer.hits,
            ...found.hits.filter(({ ref }) => !known.has(ref))
          ]
        });
      }
    } catch (error) {
      if (!(error instanceof CancelledError) && !running.signal.aborted) {
        this._change(source, { loading: false, error });
      }
    }
  }

  private _onSearch(): void {
    const { query } = this._search.state;
    const key = JSON.stringify([query, this._who]);
    if (key === this._asked) {
      return;
    }
    this._asked = key;
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => this._ask(query), TYPING);
  }

  private _onConnections(): void {
    this._who = this._connections.connected.map(({ name, user }) => [
      name,
      user
    ]);
    this._onSearch();
  }

  private _ask(query: Query): void {
    this._callOff();
    this._answers = this._connections.connected
      .filter(connection => isWanted(connection, query))
      .map(connection => ({
        source: connection.name,
        title: connectionTitle(connection),
        total: 0,
        hits: [],
        facets: [],
        loading: false,
        error: null,
        unknown: this._unknown(connection.name, query)
      }));
    this._changed.emit();
    for (const { source, unknown } of this._answers) {
      if (unknown.length === 0) {
        void this.more(source);
      }
    }
  }

  /** The filters that a store has never offered. */
  private _unknown(source: string, query: Query): string[] {
    const known = this._facets.get(source)?.map(({ name }) => name) ?? [];
    return [...Object.keys(query.facets), ...Object.keys(query.ranges)].filter(
      name => name !== 'source' && !known.includes(name)
    );
  }

  private _callOff(): void {
    this._running.forEach(running => running.abort());
    this._running.clear();
  }

  private _change(source: string, change: Partial<ILiveAnswer>): void {
    this._answers = this._answers.map(answer =>
      answer.source === source ? { ...answer, ...change } : answer
    );
    if (!this._disposed) {
      this._changed.emit();
    }
  }

  private _answers: readonly ILiveAnswer[] = [];
  /** By store: the facets it offered last. */
  private _facets = new Map<string, readonly Facet[]>();
  private _running = new Map<string, AbortController>();
  private _who: readonly [string, string][] = [];
  private _asked = '';
  private _timer = 0;
  private _disposed = false;
  private _changed = new Signal<this, void>(this);
}

/** Whether a store is asked: by its chip, or as something is searched everywhere. */
function isWanted({ name }: Connection, query: Query): boolean {
  const { source } = query.facets;
  return source
    ? source.includes(name)
    : query.text.trim() !== '' || Object.keys(query.facets).length > 0;
}

/** The query without the choice of Sources, which is made by asking this one. */
function asked(query: Query): Query {
  const { source: _, ...facets } = query.facets;
  return { ...query, facets };
}
