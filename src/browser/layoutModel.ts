import { Signal, type ISignal } from '@lumino/signaling';

/** Which parts of the sidebar are open. */
export interface ILayout {
  readonly browse: boolean;
  readonly transfers: boolean;
  readonly library: boolean;
  /** Whether what the stores themselves found shows. */
  readonly live: boolean;
  /** Name of the facet whose values show; empty: none. */
  readonly facet: string;
  /** Whether the less common facets show. */
  readonly allFacets: boolean;
}

const CLOSED: ILayout = {
  browse: false,
  transfers: false,
  library: false,
  live: true,
  facet: '',
  allFacets: false
};

/**
 * What is open in the sidebar, kept from one session to the next.
 */
export class LayoutModel {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get layout(): ILayout {
    return this._layout;
  }

  update(change: Partial<ILayout>): void {
    this._layout = { ...this._layout, ...change };
    this._changed.emit();
  }

  /** Take a layout that was kept as JSON; what does not fit is left out. */
  restore(value: unknown): void {
    const kept = (value ?? {}) as { [name: string]: unknown };
    this.update({
      browse: kept.browse === true,
      transfers: kept.transfers === true,
      library: kept.library === true,
      live: kept.live !== false,
      facet: typeof kept.facet === 'string' ? kept.facet : '',
      allFacets: kept.allFacets === true
    });
  }

  private _layout = CLOSED;
  private _changed = new Signal<this, void>(this);
}
