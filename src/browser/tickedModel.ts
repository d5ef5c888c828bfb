import { Signal, type ISignal } from '@lumino/signaling';

import type { Hit } from '../api/models';

/**
 * The datasets the user has ticked; they stay ticked when the list shows something else.
 */
export class TickedModel {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The ticked datasets in the order of ticking; a new array after each change. */
  get hits(): readonly Hit[] {
    return this._hits;
  }

  has(ref: string): boolean {
    return this._hits.some(hit => hit.ref === ref);
  }

  toggle(hit: Hit): void {
    this._set(
      this.has(hit.ref)
        ? this._hits.filter(each => each.ref !== hit.ref)
        : [...this._hits, hit]
    );
  }

  add(hits: readonly Hit[]): void {
    this._set([...this._hits, ...hits.filter(hit => !this.has(hit.ref))]);
  }

  clear(): void {
    this._set([]);
  }

  private _set(hits: readonly Hit[]): void {
    this._hits = hits;
    this._changed.emit();
  }

  private _hits: readonly Hit[] = [];
  private _changed = new Signal<this, void>(this);
}
