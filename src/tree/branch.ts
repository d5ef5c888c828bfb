import type { IDisposable } from '@lumino/disposable';

import { CancelledError } from '../api/errors';
import type { Node, NodePage } from '../api/models';

/** Children fetched at once. */
export const PAGE = 100;
/** Milliseconds an answer may take before a line says that it is waited for. */
const FLASH = 100;

/** The children of one node, fetched page by page. */
export class Branch implements IDisposable {
  constructor(
    private readonly _ask: (
      offset: number,
      limit: number,
      signal: AbortSignal
    ) => Promise<NodePage>,
    /** Something is different. */
    private readonly _onNews: () => void
  ) {}

  get nodes(): readonly Node[] {
    return this._nodes;
  }

  get total(): number {
    return Math.max(this._total, this._nodes.length);
  }

  /** Whether there are more than are fetched, and nobody knows how many. */
  get uncounted(): boolean {
    return this._uncounted;
  }

  get loading(): boolean {
    return this._running !== null;
  }

  /** Whether the answer is late enough to be said to be on its way. */
  get late(): boolean {
    return this._late;
  }

  get error(): unknown {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this._running?.abort();
  }

  /** Fetch the next page, or wait for the one that is on its way. */
  fetch(): Promise<void> {
    this._fetching ??= this._fetch().finally(() => {
      this._fetching = null;
    });
    return this._fetching;
  }

  private async _fetch(): Promise<void> {
    const running = (this._running = new AbortController());
    this._error = null;
    const timer = window.setTimeout(() => {
      this._late = true;
      this._news();
    }, FLASH);
    try {
      const page = await this._ask(this._nodes.length, PAGE, running.signal);
      const known = new Set(this._nodes.map(({ id }) => id));
      const fresh = page.nodes.filter(({ id }) => !known.has(id));
      this._nodes = [...this._nodes, ...fresh];
      // A page without anything new is the last one, whatever the count says.
      this._total = fresh.length > 0 ? page.total : this._nodes.length;
      this._uncounted = fresh.length > 0 && page.uncounted;
    } catch (error) {
      this._error = error instanceof CancelledError ? null : error;
    } finally {
      window.clearTimeout(timer);
      this._running = null;
      this._late = false;
      this._news();
    }
  }

  private _news(): void {
    if (!this._disposed) {
      this._onNews();
    }
  }

  private _fetching: Promise<void> | null = null;
  private _nodes: readonly Node[] = [];
  private _total = 0;
  private _uncounted = false;
  private _running: AbortController | null = null;
  private _late = false;
  private _error: unknown = null;
  private _disposed = false;
}
