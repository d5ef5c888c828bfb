import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type { DataHubClient } from '../api/client';
import { CancelledError } from '../api/errors';
import type { ConnectionsModel } from '../connections/model';
import type { INamed } from './filterWords';
import { arrived, unanswered, type ILiveAnswer } from './liveAnswer';
import { asked, isAsked, isWanted, storesOf, type IAsked } from './liveStores';
import { RANGES, SHARED_FACETS, toParams, type Query } from './query';
import type { SearchModel } from './searchModel';
import { Spellings } from './spellings';

/** Rows fetched at once. */
const LIVE_PAGE = 20;
/** Milliseconds of silence before a store is asked: it is further away than our own index. */
const TYPING = 300;
/** Rows fetched of a store that only counts; the fewest that there can be. */
const COUNTED = 1;
/** Seconds after which a store is called slow. */
const SLOW = 5;

const NO_ENTITY = { source: '', entity: '' };

/**
 * The search in stores that are in no catalog here: each is asked itself.
 *
 * Their answers come after those of the catalogs and stand below them. Each is asked by a request
 * of its own, so that none waits for another.
 */
export class LiveModel implements IDisposable {
  constructor(
    private readonly _client: Pick<DataHubClient, 'searchSource'>,
    private readonly _connections: ConnectionsModel,
    private readonly _search: SearchModel
  ) {
    _search.changed.connect(this._onSearch, this);
    _connections.changed.connect(this._onSearch, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The answers, those of stores that let us in first; a new array after each change. */
  get answers(): readonly ILiveAnswer[] {
    return this._answers;
  }

  /** The answer of the only Source that is searched, null where there are more. */
  get only(): ILiveAnswer | null {
    const chosen = this._search.state.query.facets.source ?? [];
    return (
      (chosen.length === 1 &&
        this._answers.find(({ source }) => source === chosen[0])) ||
      null
    );
  }

  /** The filters that stores have offered, with their titles. */
  get offered(): readonly INamed[] {
    return [...this._known.values()].flat();
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    window.clearTimeout(this._timer);
    window.clearInterval(this._clock);
    this._callOff();
    this._search.changed.disconnect(this._onSearch, this);
    this._connections.changed.disconnect(this._onSearch, this);
    Signal.clearData(this);
  }

  /** Search a store for another kind of thing. */
  setEntity(source: string, entity: string): void {
    this._entity = { source, entity };
    this._onSearch();
  }

  /** Go without what a store would say to this query. */
  hide(source: string): void {
    this._running.get(source)?.abort();
    this._change(source, {
      loading: false,
      waited: 0,
      shown: false,
      facets: []
    });
  }

  /** Say no more that a store is slow. */
  keepWaiting(source: string): void {
    this._patient.add(source);
    this._change(source, { waited: 0 });
  }

  /** Fetch the next rows of a store, or try again. */
  async more(source: string): Promise<void> {
    const answer = this._answers.find(each => each.source === source);
    if (answer && !answer.loading) {
      await this._fetch(answer);
    }
  }

  private async _fetch(answer: ILiveAnswer): Promise<void> {
    const { source } = answer;
    const running = new AbortController();
    this._running.set(source, running);
    this._since.set(source, Date.now());
    this._change(source, { loading: true, error: null });
    const { query } = this._search.state;
    try {
      const params = toParams(
        this._spellings.spelled(source, asked(query)),
        answer.hits.length,
        answer.shown ? LIVE_PAGE : COUNTED
      );
      if (this._entity.source === source && this._entity.entity) {
        params.set('entity', this._entity.entity);
      }
      const { hits, facets, ...result } = await this._client.searchSource(
        source,
        params,
        running.signal
      );
      if (!running.signal.aborted) {
        const known = new Set(answer.hits.map(({ ref }) => ref));
        this._known.set(source, [...facets, ...result.ranges]);
        this._spellings.note(source, facets);
        this._answers = arrived(this._answers, source);
        this._change(source, {
          loading: false,
          waited: 0,
          total: result.total,
          facets,
          result,
          ranges: result.ranges,
          entities: result.entities,
          entity: result.entity,
          hits: [...answer.hits, ...hits.filter(({ ref }) => !known.has(ref))]
        });
      }
    } catch (error) {
      if (!(error instanceof CancelledError) && !running.signal.aborted) {
        this._change(source, { loading: false, waited: 0, error });
      }
    }
  }

  private get _stores(): readonly IAsked[] {
    return storesOf(
      this._search.state.sources ?? [],
      this._connections.connected
    );
  }

  private _onSearch(): void {
    const { query } = this._search.state;
    const chosen = query.facets.source ?? [];
    if (chosen.length !== 1 || chosen[0] !== this._entity.source) {
      this._entity = NO_ENTITY;
    }
    const stores = this._stores;
    const key = JSON.stringify([query, this._entity, stores]);
    if (key === this._asked) {
      return;
    }
    this._asked = key;
    window.clearTimeout(this._timer);
    const shown = new Set(
      this._answers.filter(each => each.shown).map(({ source }) => source)
    );
    if (stores.some(({ name }) => isWanted(name, query) && !shown.has(name))) {
      // Its place is taken at once, so that no row moves away from under the pointer later.
      this._prepare(query, stores);
    }
    this._timer = window.setTimeout(() => this._ask(query, stores), TYPING);
  }

  private _prepare(query: Query, stores: readonly IAsked[]): void {
    this._callOff();
    this._answers = stores
      .filter(store => isAsked(store, query))
      .map(store =>
        unanswered(store, {
          last: this._answers.find(({ source }) => source === store.name),
          entity: this._entity.source === store.name ? this._entity.entity : '',
          unknown: this._unknown(store.name, query),
          shown: isWanted(store.name, query)
        })
      );
    this._changed.emit();
  }

  private _ask(query: Query, stores: readonly IAsked[]): void {
    this._prepare(query, stores);
    for (const answer of this._answers) {
      if (answer.unknown.length === 0) {
        void this._fetch(answer);
      }
    }
    window.clearInterval(this._clock);
    this._clock = window.setInterval(() => this._tick(), 1000);
  }

  /** Note how long the stores have been waited for. */
  private _tick(): void {
    const waits = this._answers.filter(({ loading }) => loading);
    if (waits.length === 0) {
      window.clearInterval(this._clock);
    }
    for (const { source } of waits) {
      const since = this._since.get(source) ?? Date.now();
      const waited = Math.round((Date.now() - since) / 1000);
      if (waited >= SLOW && !this._patient.has(source)) {
        this._change(source, { waited });
      }
    }
  }

  /** The filters that a store has never offered. */
  private _unknown(source: string, query: Query): string[] {
    const known = this._known.get(source)?.map(({ name }) => name);
    if (!known && query.facets.source?.join() === source) {
      // What was chosen for it alone, in an earlier session, is of its own.
      return [];
    }
    const shared = this._stores.some(
      ({ name, open }) => open && name === source
    )
      ? [...SHARED_FACETS, ...RANGES]
      : [];
    return [...Object.keys(query.facets), ...Object.keys(query.ranges)].filter(
      name => name !== 'source' && !(known ?? shared).includes(name)
    );
  }

  private _callOff(): void {
    this._running.forEach(running => running.abort());
    this._running.clear();
    this._patient.clear();
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
  /** By store: the filters it offered last. */
  private _known = new Map<string, readonly INamed[]>();
  private _spellings = new Spellings();
  private _running = new Map<string, AbortController>();
  /** By store: when it was asked, in milliseconds. */
  private _since = new Map<string, number>();
  private _patient = new Set<string>();
  private _entity = NO_ENTITY;
  private _asked = '';
  private _timer = 0;
  private _clock = 0;
  private _disposed = false;
  private _changed = new Signal<this, void>(this);
}
