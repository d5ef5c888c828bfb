import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type { Transfer } from '../api/models';
import type { TransfersModel } from './model';

/** Milliseconds in which ends are gathered into one sentence. */
const GATHER = 1_000;

/**
 * What a screen reader is told of the transfers: their ends, never each percent.
 */
export class Announcer implements IDisposable {
  constructor(
    private readonly _transfers: TransfersModel,
    private readonly _trans: TranslationBundle
  ) {
    _transfers.settled.connect(this._gather, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The sentence to say now. */
  get text(): string {
    return this._text;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    window.clearTimeout(this._timer);
    this._transfers.settled.disconnect(this._gather, this);
    Signal.clearData(this);
  }

  private _gather(_: TransfersModel, transfer: Transfer): void {
    this._ended.push(transfer);
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => this._say(), GATHER);
  }

  private _say(): void {
    const trans = this._trans;
    const titles = (
      state: Transfer['state'],
      direction = 'download'
    ): string[] =>
      this._ended
        .filter(
          transfer =>
            transfer.state === state &&
            (transfer.direction ?? 'download') === direction
        )
        .map(({ title, name }) => title || name);
    const done = titles('done');
    const failed = titles('failed');
    const saved = titles('done', 'upload');
    const unsaved = titles('failed', 'upload');
    this._ended = [];
    const sentences = [
      done.length === 1 ? trans.__('%1 is downloaded.', done[0]) : '',
      done.length > 1
        ? trans.__('%1 datasets are downloaded.', done.length)
        : '',
      failed.length === 1
        ? trans.__('%1 could not be downloaded.', failed[0])
        : '',
      failed.length > 1
        ? trans.__('%1 datasets could not be downloaded.', failed.length)
        : '',
      ...saved.map(title => trans.__('%1 is saved.', title)),
      ...unsaved.map(title => trans.__('%1 could not be saved.', title))
    ];
    this._text = sentences.filter(sentence => sentence).join(' ');
    this._changed.emit();
  }

  private _ended: Transfer[] = [];
  private _text = '';
  private _timer = 0;
  private _disposed = false;
  private _changed = new Signal<this, void>(this);
}
