import type { IDisposable } from '@lumino/disposable';

import { CancelledError } from '../api/errors';
import type { Hit } from '../api/models';
import { PageCache } from './pages';

/** Rows fetched at once. */
export const PAGE_SIZE = 60;
const PAGES_KEPT = 24;
/** Milliseconds between two looks at which rows are missing while the list is scrolled. */
const LOOK = 60;
/** Rows before and after those in sight whose pages are fetched along. */
const AHEAD = 30;

interface IOptions {
  readonly total: number;
  /** The first page, which came with the answer. */
  readonly first: readonly Hit[];
  readonly fetch: (
    offset: number,
    limit: number,
    signal: AbortSignal
  ) => Promise<readonly Hit[]>;
  /** Rows have come (null), or could not be fetched (why not). */
  readonly onNews: (error: unknown) => void;
}

/**
 * The rows of one answer, fetched in pages where somebody looks at them.
 */
export class Rows implements IDisposable {
  constructor(private readonly _options: IOptions) {
    this._pages.set(0, _options.first);
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    window.clearTimeout(this._looking);
    this._callOff(() => true);
  }

  /** The row at a place of the list, undefined where it is not here yet. */
  hit(index: number): Hit | undefined {
    return this._pages.hit(index);
  }

  /** Change rows that are here; gives whether one was changed. */
  change(update: (hit: Hit) => Hit): boolean {
    return this._pages.change(update);
  }

  /** Say which places of the list are looked at, so that their rows come. */
  show(first: number, last: number): void {
    this._window = [first, last];
    if (!this._looking && this._missing().length > 0) {
      this._look(first);
    }
  }

  /** Fetch what is missing now. */
  fetchMissing(): void {
    const missing = this._missing();
    this._callOff(page => !missing.includes(page));
    missing
      .filter(page => !this._fetching.has(page))
      .forEach(page => void this._fetchPage(page));
  }

  /** Fetch what is missing soon, or later where the list flies by. */
  private _look(before: number): void {
    this._looking = window.setTimeout(() => {
      const [first] = this._window;
      this._looking = 0;
      if (Math.abs(first - before) > PAGE_SIZE) {
        this._look(first);
      } else {
        this.fetchMissing();
      }
    }, LOOK);
  }

  private _missing(): number[] {
    const { total } = this._options;
    const [first, last] = this._window;
    if (total === 0) {
      return [];
    }
    const pages = this._pages.covering(
      first - AHEAD,
      Math.min(last + AHEAD, total - 1)
    );
    pages.forEach(page => this._pages.touch(page));
    return pages.filter(page => !this._pages.has(page));
  }

  private async _fetchPage(page: number): Promise<void> {
    const { fetch, onNews } = this._options;
    const fetching = new AbortController();
    this._fetching.set(page, fetching);
    try {
      const hits = await fetch(page * PAGE_SIZE, PAGE_SIZE, fetching.signal);
      if (!fetching.signal.aborted) {
        this._pages.set(page, hits);
        onNews(null);
      }
    } catch (error) {
      if (!(error instanceof CancelledError)) {
        onNews(error);
      }
    } finally {
      if (this._fetching.get(page) === fetching) {
        this._fetching.delete(page);
      }
    }
  }

  private _callOff(unwanted: (page: number) => boolean): void {
    for (const [page, fetching] of this._fetching) {
      if (unwanted(page)) {
        this._fetching.delete(page);
        fetching.abort();
      }
    }
  }

  private _pages = new PageCache(PAGE_SIZE, PAGES_KEPT);
  private _window: [number, number] = [0, 0];
  private _fetching = new Map<number, AbortController>();
  private _looking = 0;
  private _disposed = false;
}
