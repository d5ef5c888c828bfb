import { Signal, type ISignal } from '@lumino/signaling';

import type { DataHubClient } from '../api/client';
import type { LibraryItem, LibraryListing } from '../api/models';

/**
 * What is in the library and how much room there is.
 */
export class LibraryModel {
  constructor(private readonly _client: DataHubClient) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The listing read last; null before the first. */
  get listing(): LibraryListing | null {
    return this._listing;
  }

  /** Bytes that fit beside what must stay free; null where it is not known. */
  get room(): number | null {
    return this._listing
      ? Math.max(0, this._listing.free - this._listing.reserve)
      : null;
  }

  /** Why the library could not be read the last time; null when it could. */
  get error(): unknown {
    return this._error;
  }

  /**
   * Whether a dataset, or one of its assets, is at hand.
   */
  has(ref: string): boolean {
    return (this._listing?.items ?? []).some(
      item => item.ref === ref || item.ref.startsWith(ref + '/')
    );
  }

  /**
   * Read the library; a failure is kept in `error`.
   */
  async refresh(): Promise<void> {
    try {
      this._take(await this._client.library());
    } catch (error) {
      this._error = error;
      this._changed.emit();
    }
  }

  /**
   * Delete a file and its named links.
   */
  async remove(item: LibraryItem): Promise<void> {
    this._take(await this._client.removeFromLibrary(item.sha256));
  }

  private _take(listing: LibraryListing): void {
    this._listing = listing;
    this._error = null;
    this._changed.emit();
  }

  private _listing: LibraryListing | null = null;
  private _error: unknown = null;
  private _changed = new Signal<this, void>(this);
}
