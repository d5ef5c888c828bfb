import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

/** Something whose state is looked at: a new object after each change, none once it is disposed. */
export abstract class StateModel<T extends object> implements IDisposable {
  constructor(protected _state: T) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get state(): T {
    return this._state;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    Signal.clearData(this);
  }

  protected _update(change: Partial<T>): void {
    if (!this._disposed) {
      this._state = { ...this._state, ...change };
      this._changed.emit();
    }
  }

  private _disposed = false;
  private readonly _changed = new Signal<this, void>(this);
}
