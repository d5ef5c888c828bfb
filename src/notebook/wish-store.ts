import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';

const KEY = 'jupyterlab-datahub:loads';

/** Where the loads that wait are kept. */
export interface IWishStore {
  fetch(): Promise<unknown>;
  save(value: ReadonlyPartialJSONObject): void;
  /** Another page has saved something; null where a page has its own. */
  readonly changed: ISignal<IWishStore, void> | null;
}

/** The workspace of a JupyterLab; each page has its own. */
export class StateStore implements IWishStore {
  constructor(private readonly _db: IStateDB) {}

  readonly changed = null;

  fetch(): Promise<unknown> {
    return this._db.fetch(KEY);
  }

  save(value: ReadonlyPartialJSONObject): void {
    void this._db.save(KEY, value);
  }
}

/**
 * The storage of the browser, for an application whose documents have a page each.
 *
 * A load that begins on one page goes on at that of its notebook. What is kept are identifiers
 * and paths of one server.
 */
export class BrowserStore implements IWishStore {
  constructor(baseUrl: string) {
    this._key = `${KEY}:${baseUrl}`;
    window.addEventListener('storage', ({ key }) => {
      if (key === this._key) {
        this.changed.emit();
      }
    });
  }

  readonly changed: Signal<IWishStore, void> = new Signal<IWishStore, void>(
    this
  );

  fetch(): Promise<unknown> {
    const text = window.localStorage.getItem(this._key);
    return Promise.resolve(text === null ? undefined : parsed(text));
  }

  save(value: ReadonlyPartialJSONObject): void {
    window.localStorage.setItem(this._key, JSON.stringify(value));
  }

  private readonly _key: string;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
