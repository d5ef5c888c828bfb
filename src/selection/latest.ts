import { CancelledError } from '../api/errors';

/** Milliseconds in which a further change takes the place of a question. */
const PATIENCE = 250;

/** Asks once nothing changes for a moment; only the answer to the last question counts. */
export class Latest<T> {
  /** Ask in place of what was asked before. */
  ask(
    question: (signal: AbortSignal) => Promise<T>,
    answered: (answer: T) => void,
    failed: (error: unknown) => void
  ): void {
    this.stop();
    const running = (this._running = new AbortController());
    this._timer = window.setTimeout(() => {
      question(running.signal).then(
        answer => {
          if (running === this._running) {
            answered(answer);
          }
        },
        (error: unknown) => {
          if (running === this._running && !(error instanceof CancelledError)) {
            failed(error);
          }
        }
      );
    }, PATIENCE);
  }

  /** Ask nothing, and take no answer any more. */
  stop(): void {
    window.clearTimeout(this._timer);
    this._running?.abort();
    this._running = null;
  }

  private _timer = 0;
  private _running: AbortController | null = null;
}
