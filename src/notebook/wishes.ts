import { UUID, type ReadonlyPartialJSONValue } from '@lumino/coreutils';

import { Signal, type ISignal } from '@lumino/signaling';

import type { Transfer } from '../api/models';
import { mannerOf, type IManner } from '../loading/manner';
import type { IAddress, IPlace } from './target';
import type { IWishStore } from './wish-store';

/** Milliseconds after which nobody waits for a load any more. */
const PATIENCE = 48 * 3600 * 1000;

/** What stands for a transfer where nothing has to come; no more is asked of one that is done. */
export const NOTHING = { id: '', path: '', size: 0, state: 'done' } as Transfer;

/** A dataset that goes into a document as soon as its transfer is done. */
export interface IWish {
  id: string;
  /** When it was made, in milliseconds since 1970. */
  created: number;
  /** The id of the transfer it waits for; empty: nothing has to be downloaded. */
  transfer: string;
  ref: string;
  title: string;
  target: IAddress;
  place: IPlace | null;
  /** The layer that is to be X; empty or missing: what the file has as its main matrix. */
  layer?: string;
  /** How much of it is loaded; empty or missing: all of it, if there is room. */
  manner?: IManner;
}

/**
 * The loads that wait for a transfer.
 *
 * They are kept, so that a reload of the page in mid-download does not lose them.
 */
export class WishList {
  constructor(private readonly _store: IWishStore | null) {
    _store?.changed?.connect(() => this._reread());
  }

  get all(): readonly IWish[] {
    return this._wishes;
  }

  /** Another page has added or taken wishes. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Read the wishes of the page's last life; those of this one are kept. */
  async restore(now = Date.now()): Promise<void> {
    const saved = parseWishes(await this._store?.fetch());
    this._wishes = [
      ...saved.filter(
        wish =>
          now - wish.created < PATIENCE &&
          !this._wishes.some(own => same(own, wish))
      ),
      ...this._wishes
    ];
  }

  /** Add a wish; the same dataset is wished for once in the same document. */
  add(content: Content): IWish {
    const known = this._wishes.find(own => same(own, content));
    if (known) {
      return known;
    }
    const wish = { id: UUID.uuid4(), created: Date.now(), ...content };
    this._wishes = [...this._wishes, wish];
    this._save();
    return wish;
  }

  /** Take a wish off the list. */
  remove(wish: IWish): void {
    this._wishes = this._wishes.filter(own => own.id !== wish.id);
    this._save();
  }

  /** Follow a document that was renamed or moved. */
  rename(from: string, to: string): void {
    if (this._wishes.some(({ target }) => target.path === from)) {
      this._wishes = this._wishes.map(wish =>
        wish.target.path === from
          ? { ...wish, target: { ...wish.target, path: to } }
          : wish
      );
      this._save();
    }
  }

  private async _reread(): Promise<void> {
    this._wishes = parseWishes(await this._store?.fetch());
    this._changed.emit();
  }

  private _save(): void {
    this._store?.save({
      wishes: this._wishes as unknown as ReadonlyPartialJSONValue
    });
  }

  private _wishes: readonly IWish[] = [];
  private _changed = new Signal<this, void>(this);
}

type Content = Omit<IWish, 'id' | 'created'>;

function same(one: Content, other: Content): boolean {
  return (
    one.transfer === other.transfer &&
    one.ref === other.ref &&
    (one.transfer !== '' ||
      (one.layer === other.layer &&
        one.manner?.level === other.manner?.level)) &&
    one.target.kind === other.target.kind &&
    one.target.path === other.target.path
  );
}

/** Read what the state database kept; what is not a wish is left out. */
export function parseWishes(saved: unknown): IWish[] {
  const wishes = isRecord(saved) ? saved.wishes : [];
  return Array.isArray(wishes) ? wishes.filter(isWish) : [];
}

function isWish(value: unknown): value is IWish {
  return (
    isRecord(value) &&
    typeof value.id === 'string' &&
    typeof value.created === 'number' &&
    typeof value.transfer === 'string' &&
    typeof value.ref === 'string' &&
    typeof value.title === 'string' &&
    isRecord(value.target) &&
    (value.target.kind === 'notebook' || value.target.kind === 'console') &&
    typeof value.target.path === 'string' &&
    (value.place === null || isPlace(value.place)) &&
    (value.manner === undefined || isManner(value.manner))
  );
}

function isPlace(value: unknown): value is IPlace {
  return (
    isRecord(value) &&
    typeof value.cell === 'string' &&
    (value.side === 'above' || value.side === 'below')
  );
}

function isManner(value: unknown): value is IManner {
  return isRecord(value) && mannerOf(value.way, value.cluster) !== null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
