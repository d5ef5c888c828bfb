import type { DataHubClient } from '../api/client';
import { CancelledError } from '../api/errors';
import type { Hit, SearchResult, SourceStatus } from '../api/models';
import { fingerprint } from './fingerprint';
import {
  conditions,
  EMPTY_QUERY,
  forCatalogs,
  toggleValue,
  toParams,
  type Query
} from './query';
import { PAGE_SIZE, Rows } from './rows';
import { Spellings } from './spellings';
import { StateModel } from './stateModel';
import { waysOut, type WayOut } from './waysOut';

/** Milliseconds of silence after a key before the text is searched for. */
const TYPING = 120;
/** Milliseconds an answer may take before the rows give way to a skeleton. */
const FLASH = 100;

/** What a search panel shows; a new object after each change. */
export interface ISearchState {
  readonly query: Query;
  /** The answer shown (its hits are asked for by place); null before the first. */
  readonly result: Omit<SearchResult, 'hits'> | null;
  /** Counts the answers; a list goes back to its top when it changes. */
  readonly answer: number;
  /** Whether an answer is late enough for a skeleton. */
  readonly loading: boolean;
  /** Why there is no answer. */
  readonly error: unknown;
  /** Why some rows are missing. */
  readonly pageError: unknown;
  /** Whether the catalogs have changed since the answer. */
  readonly outdated: boolean;
  /** What gives results where the query has none; null while not known. */
  readonly waysOut: readonly WayOut[] | null;
  /** All Sources; null before they are known. */
  readonly sources: readonly SourceStatus[] | null;
}

/**
 * A search as it is typed: one answer at a time, its rows fetched where they are looked at.
 *
 * A newer question calls off the older one, and an answer that comes too late is dropped.
 */
export class SearchModel extends StateModel<ISearchState> {
  constructor(
    private readonly _client: DataHubClient,
    query: Query = EMPTY_QUERY
  ) {
    super({
      query,
      result: null,
      answer: 0,
      loading: false,
      error: null,
      pageError: null,
      outdated: false,
      waysOut: null,
      sources: null
    });
  }

  override dispose(): void {
    super.dispose();
    this._running?.abort();
    this._rows?.dispose();
    window.clearTimeout(this._typing);
  }

  /** The row at a place of the list, undefined where it is not here yet. */
  hit(index: number): Hit | undefined {
    return this._rows?.hit(index);
  }

  /** Take a typed text; it is searched for when the typing rests. */
  setText(text: string): void {
    this._update({ query: { ...this._state.query, text } });
    window.clearTimeout(this._typing);
    this._typing = window.setTimeout(() => void this.search(), TYPING);
  }

  /** Ask something else, at once. */
  setQuery(query: Query): void {
    this._update({ query });
    void this.search();
  }

  /** Ask the question of the moment (again). */
  async search(): Promise<void> {
    window.clearTimeout(this._typing);
    this._running?.abort();
    const running = (this._running = new AbortController());
    const { query } = this._state;
    const late = window.setTimeout(
      () => this._update({ loading: true }),
      FLASH
    );
    try {
      const found = await this._client.search(
        this._params(query, 0),
        running.signal
      );
      if (running !== this._running) {
        return;
      }
      const { hits, ...result } = found;
      this._spellings.note('', result.facets);
      this._shown = fingerprint(found);
      this._rows?.dispose();
      this._rows = this._rowsOf(query, result.total, hits);
      this._update({
        result,
        answer: this._state.answer + 1,
        loading: false,
        error: null,
        pageError: null,
        outdated: false,
        waysOut: null,
        sources: result.sources
      });
      if (result.total === 0 && conditions(query).length > 0) {
        const ways = await waysOut(this._client, query, running.signal);
        if (running === this._running) {
          this._update({ waysOut: ways });
        }
      }
    } catch (error) {
      if (running === this._running && !(error instanceof CancelledError)) {
        this._update({ error, loading: false });
      }
    } finally {
      window.clearTimeout(late);
    }
  }

  /**
   * Say which places of the list are looked at, so that their rows come.
   */
  show(first: number, last: number): void {
    this._rows?.show(first, last);
  }

  /** Try again to fetch the rows that are missing. */
  retryPages(): void {
    this._update({ pageError: null });
    this._rows?.fetchMissing();
  }

  /** Read the Sources where no answer has told of them yet. */
  async readSources(): Promise<void> {
    const sources = await this._client.sources();
    if (this._state.sources === null) {
      this._update({ sources });
    }
  }

  /** Read the Sources anew, as one has come or gone; nothing more is asked of one that is gone. */
  async rereadSources(): Promise<void> {
    const sources = await this._client.sources();
    const { query, sources: before } = this._state;
    this._update({
      sources: sources.map(source => ({
        ...source,
        matches:
          before?.find(({ name }) => name === source.name)?.matches ?? null
      }))
    });
    const chosen = query.facets.source ?? [];
    const gone = chosen.filter(
      name => !sources.some(source => source.name === name)
    );
    if (gone.length > 0) {
      this.setQuery(
        gone.reduce((next, name) => toggleValue(next, 'source', name), query)
      );
    }
  }

  /**
   * Take the news of a Source.
   *
   * Rows that somebody reads never move by themselves: a list that is not empty is only marked
   * as outdated where the answer has changed.
   */
  takeStatus(status: SourceStatus): void {
    const { sources, result } = this._state;
    const known = sources?.find(each => each.name === status.name);
    const merged = { ...status, matches: known?.matches ?? null };
    this._update({
      sources: known
        ? (sources ?? []).map(each => (each === known ? merged : each))
        : [...(sources ?? []), merged]
    });
    const changed =
      status.datasets !== known?.datasets ||
      status.harvested !== known?.harvested;
    if (!changed || status.datasets === 0) {
      return;
    }
    if (!result || result.total === 0) {
      void this.search();
    } else {
      void this._lookForChanges();
    }
  }

  /**
   * Note which datasets are in the library now, so that their rows say so.
   */
  markLibrary(isIn: (ref: string) => boolean): void {
    const changed = this._rows?.change(hit => {
      const in_library = isIn(hit.ref);
      const newer_than_library = hit.newer_than_library && !in_library;
      return in_library === hit.in_library
        ? hit
        : { ...hit, in_library, newer_than_library };
    });
    if (changed) {
      this._update({});
    }
  }

  /** Ask the question shown once more, only to see whether the answer is another one now. */
  private async _lookForChanges(): Promise<void> {
    const { answer, query } = this._state;
    try {
      const fresh = await this._client.search(
        this._params(query, 0),
        this._running?.signal
      );
      if (answer === this._state.answer) {
        this._update({ outdated: fingerprint(fresh) !== this._shown });
      }
    } catch {
      // What is shown stays true as far as anybody knows.
    }
  }

  private _rowsOf(query: Query, total: number, first: readonly Hit[]): Rows {
    return new Rows({
      total,
      first,
      fetch: async (offset, limit, signal) => {
        const params = this._params(query, offset, limit);
        return (await this._client.search(params, signal)).hits;
      },
      onNews: pageError => this._update({ pageError })
    });
  }

  /** What the catalogs here are asked, in their words. */
  private _params(
    query: Query,
    offset: number,
    limit = PAGE_SIZE
  ): URLSearchParams {
    const own = this._spellings.spelled('', forCatalogs(query));
    return toParams(own, offset, limit);
  }

  private _rows: Rows | null = null;
  private _spellings = new Spellings();
  private _shown = '';
  private _running: AbortController | null = null;
  private _typing = 0;
}
