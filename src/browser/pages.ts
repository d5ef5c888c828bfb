import type { Hit } from '../api/models';

/**
 * The rows of one result list that are at hand, in pages; the page used longest ago goes first.
 */
export class PageCache {
  constructor(
    readonly pageSize: number,
    private readonly _capacity: number
  ) {}

  /** The hit at a place of the list, undefined where its page is not at hand. */
  hit(index: number): Hit | undefined {
    const number = Math.floor(index / this.pageSize);
    return this._pages.get(number)?.[index % this.pageSize];
  }

  has(page: number): boolean {
    return this._pages.has(page);
  }

  set(page: number, hits: readonly Hit[]): void {
    this._pages.set(page, hits);
    this.touch(page);
  }

  /** Note that a page is in use. */
  touch(page: number): void {
    const hits = this._pages.get(page);
    if (hits) {
      this._pages.delete(page);
      this._pages.set(page, hits);
    }
    while (this._pages.size > this._capacity) {
      const [oldest] = this._pages.keys();
      this._pages.delete(oldest);
    }
  }

  /** Numbers of the pages that hold the places `first` to `last`, both included. */
  covering(first: number, last: number): number[] {
    const from = Math.floor(Math.max(0, first) / this.pageSize);
    const to = Math.floor(Math.max(0, last) / this.pageSize);
    return Array.from({ length: to - from + 1 }, (_, step) => from + step);
  }

  /** Change hits that are at hand; gives whether one was changed. */
  change(update: (hit: Hit) => Hit): boolean {
    let changed = false;
    for (const [page, hits] of this._pages) {
      const next = hits.map(update);
      if (next.some((hit, index) => hit !== hits[index])) {
        this._pages.set(page, next);
        changed = true;
      }
    }
    return changed;
  }

  private _pages = new Map<number, readonly Hit[]>();
}
