import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { Signal, type ISignal } from '@lumino/signaling';

import type { DataHubClient, TransferAction } from '../api/client';
import type { Selection, Transfer } from '../api/models';
import type { Begin, Pay } from '../consent/pay';
import type { PayTogether } from '../consent/together';
import { isFinal, isOver } from './states';

/** Milliseconds without an event after which a moving transfer is asked for. */
const PATIENCE = 4_000;
/** Milliseconds between looks at the queue when nothing moves (another tab may act). */
const IDLE = 60_000;

/**
 * The queue as the page knows it: `GET transfers` is the truth, events keep it fresh.
 *
 * Events are not replayed and the stream does not tell when it was away, so the queue is read
 * again whenever something should move and no event says so.
 */
export class TransfersModel implements IDisposable {
  /**
   * @param _pay - Asks the user where something costs money.
   * @param _payTogether - The same for several things that have one limit.
   */
  constructor(
    private readonly _client: DataHubClient,
    private readonly _pay: Pay = (_, begin) => begin(),
    private readonly _payTogether: PayTogether = (_, begins) =>
      Promise.all(begins.map(begin => begin()))
  ) {
    this._poll = new Poll({
      name: 'jupyterlab-datahub:transfers',
      auto: false,
      factory: () => this._look(),
      frequency: { interval: PATIENCE, backoff: true, max: IDLE },
      standby: 'when-hidden'
    });
  }

  /** Something in `items` is different. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** A transfer came to its end while this page looked on. */
  get settled(): ISignal<this, Transfer> {
    return this._settled;
  }

  /** Ids of transfers that are for a load, which tells of their end itself. */
  readonly awaited = new Set<string>();

  /** All transfers, newest first; a new array after each change. */
  get items(): readonly Transfer[] {
    return this._items;
  }

  /** Why the queue could not be read the last time; null when it could. */
  get error(): unknown {
    return this._error;
  }

  /** Those that will go on without the user. */
  get moving(): readonly Transfer[] {
    return this._items.filter(
      item => !isFinal(item.state) && item.state !== 'paused'
    );
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._poll.dispose();
      Signal.clearData(this);
    }
  }

  /** Read the queue now and go on watching it. */
  async start(): Promise<void> {
    await this._poll.start();
  }

  /**
   * The newest transfer of a dataset or of one of its assets.
   */
  of(ref: string): Transfer | undefined {
    return this._items.find(
      item =>
        !item.selection && (item.ref === ref || item.ref.startsWith(ref + '/'))
    );
  }

  /**
   * Take what an event or an answer says, unless something newer is known.
   */
  accept(transfer: Transfer): void {
    const known = this._byId.get(transfer.id);
    if (
      this._removed.has(transfer.id) ||
      (known && known.sequence > transfer.sequence)
    ) {
      return;
    }
    this._lastNews = Date.now();
    this._byId.set(transfer.id, transfer);
    this._publish();
    if (known && !isFinal(known.state) && isFinal(transfer.state)) {
      this._settled.emit(transfer);
    }
  }

  /**
   * Queue the file of a dataset.
   *
   * @param title - What people know it as.
   * @returns The transfer, null where the user does not want to pay for it.
   */
  async add(
    ref: string,
    directory = '',
    convert = false,
    title = ref,
    selection?: Selection
  ): Promise<Transfer | null> {
    const transfer = await this._pay(
      title,
      this._beginning(ref, directory, convert, selection)
    );
    if (transfer) {
      this._begun(transfer);
    }
    return transfer;
  }

  /**
   * Queue the files of several datasets, which have one limit where they cost money.
   *
   * @param title - What people know those as that cost money, which are given by number.
   * @returns A transfer for each, null where the user does not want to pay for it.
   */
  async addAll(
    refs: readonly string[],
    directory: string,
    convert: boolean,
    title: (numbers: readonly number[]) => string
  ): Promise<(Transfer | null)[]> {
    const transfers = await this._payTogether(
      title,
      refs.map(ref => this._beginning(ref, directory, convert))
    );
    for (const transfer of transfers) {
      if (transfer) {
        this._begun(transfer);
      }
    }
    return transfers;
  }

  private _beginning(
    ref: string,
    directory: string,
    convert: boolean,
    selection?: Selection
  ): Begin<Transfer> {
    return limit =>
      this._client.addTransfer(
        {
          ref,
          ...(directory ? { directory } : {}),
          ...(convert ? { convert } : {}),
          ...(selection ? { selection } : {})
        },
        limit
      );
  }

  private _begun(transfer: Transfer): void {
    const isNew = !this._byId.has(transfer.id);
    this.accept(transfer);
    if (isNew && isFinal(transfer.state)) {
      this._settled.emit(transfer);
    }
  }

  async act(id: string, action: TransferAction): Promise<void> {
    const { title, name } = this._byId.get(id) ?? { title: '', name: '' };
    const transfer = await this._pay(title || name, limit =>
      this._client.changeTransfer(id, action, limit)
    );
    if (transfer) {
      this.accept(transfer);
    }
  }

  async remove(id: string): Promise<void> {
    await this._client.removeTransfer(id);
    this._removed.add(id);
    this._byId.delete(id);
    this._publish();
  }

  /** Take all that came to their end off the list, but for what goes on once somebody connects. */
  async removeFinished(): Promise<void> {
    const ended = this._items.filter(isOver);
    await Promise.all(ended.map(item => this.remove(item.id)));
  }

  /**
   * Read the queue and make the page agree with it.
   */
  async sync(): Promise<void> {
    const before = new Set(this._byId.keys());
    try {
      const transfers = await this._client.transfers();
      const present = new Set(transfers.map(transfer => transfer.id));
      for (const id of before) {
        if (!present.has(id)) {
          this._byId.delete(id);
        }
      }
      this._error = null;
      transfers.forEach(transfer => this.accept(transfer));
      this._lastLook = Date.now();
      this._publish();
    } catch (error) {
      this._error = error;
      this._changed.emit();
      throw error;
    }
  }

  private async _look(): Promise<void> {
    const now = Date.now();
    const quiet = now - this._lastNews > PATIENCE && this.moving.length > 0;
    if (this._error || quiet || now - this._lastLook > IDLE) {
      await this.sync();
    }
  }

  private _publish(): void {
    this._items = [...this._byId.values()].sort((a, b) =>
      a.created === b.created
        ? b.id.localeCompare(a.id)
        : b.created.localeCompare(a.created)
    );
    this._changed.emit();
  }

  private _byId = new Map<string, Transfer>();
  private _removed = new Set<string>();
  private _items: readonly Transfer[] = [];
  private _error: unknown = null;
  private _lastNews = 0;
  private _lastLook = 0;
  private _changed = new Signal<this, void>(this);
  private _settled = new Signal<this, Transfer>(this);
  private _poll: Poll;
}
