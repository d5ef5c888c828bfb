import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ErrorBody, Transfer } from '../api/models';
import { formatPercent } from '../browser/format';
import { fraction } from '../transfers/states';

/** Milliseconds that a piece of good news stays. */
const BRIEF = 6000;

/** What a notice is about: the dataset and the document it goes into. */
export interface ISubject {
  title: string;
  /** The name of the document. */
  into: string;
}

type Type = 'in-progress' | 'success' | 'info' | 'warning' | 'error';

/**
 * The one notification of a load, from the download to the cell.
 *
 * It is shown with the first thing to say; a load that says nothing shows none.
 */
export class LoadNotice {
  constructor(
    private readonly _subject: ISubject,
    private readonly _trans: TranslationBundle
  ) {}

  /** Whether the user was told to wait. */
  get shown(): boolean {
    return this._id !== '' && Notification.manager.has(this._id);
  }

  dismiss(): void {
    if (this.shown) {
      Notification.dismiss(this._id);
    }
    this._id = '';
    this._last = '';
  }

  waiting(transfer: Transfer, cancel: () => void): void {
    const { title, into } = this._subject;
    const part = fraction(transfer);
    const text =
      transfer.state === 'paused'
        ? this._trans.__('The download of “%1” for %2 is paused.', title, into)
        : part === null
          ? this._trans.__('Downloading “%1” for %2.', title, into)
          : this._trans.__(
              'Downloading “%1” for %2: %3.',
              title,
              into,
              formatPercent(part)
            );
    this._say('in-progress', text, {
      autoClose: false,
      progress: part ?? undefined,
      actions: [{ label: this._trans.__('Cancel'), callback: cancel }]
    });
  }

  ready(load: () => void): void {
    const { title, into } = this._subject;
    this._say(
      'info',
      this._trans.__('“%1” is here. %2 is not open.', title, into),
      {
        autoClose: false,
        actions: [
          {
            label: this._trans.__('Load in %1', into),
            displayType: 'accent',
            callback: load
          }
        ]
      }
    );
  }

  loaded(variable: string, notes: string[], show: (() => void) | null): void {
    const { title, into } = this._subject;
    const text = this._trans.__('“%1” is “%2” in %3.', title, variable, into);
    this._say('success', sentences([text, ...notes]), {
      autoClose: notes.length ? 2 * BRIEF : BRIEF,
      actions: this._show(show)
    });
  }

  cellFailed(show: (() => void) | null): void {
    const { title, into } = this._subject;
    this._say(
      'error',
      this._trans.__(
        'The cell that loads “%1” in %2 failed; its output says why.',
        title,
        into
      ),
      { autoClose: false, actions: this._show(show) }
    );
  }

  /** Say why nothing was loaded, and offer what can be done about it. */
  failed(error: ErrorBody, retry: (() => void) | null): void {
    const { title } = this._subject;
    this._say(
      'error',
      sentences([
        this._trans.__('“%1” was not loaded.', title),
        error.message,
        error.hint
      ]),
      {
        autoClose: false,
        actions: retry
          ? [{ label: this._trans.__('Try again'), callback: retry }]
          : []
      }
    );
  }

  readOnly(): void {
    this._refused(
      this._trans.__('%1 is read-only', this._subject.into),
      this._trans.__(
        'Open a notebook that you may change, or save a copy of it'
      )
    );
  }

  noKernel(retry: () => void): void {
    this._refused(
      this._trans.__('%1 has no kernel', this._subject.into),
      this._trans.__('Choose a kernel and try again'),
      retry
    );
  }

  private _refused(message: string, hint: string, retry?: () => void): void {
    this.failed(
      { code: 'refused', message, hint, source: '', retry_after: null },
      retry ?? null
    );
  }

  private _show(show: (() => void) | null): Notification.IAction[] {
    return show ? [{ label: this._trans.__('Show cell'), callback: show }] : [];
  }

  private _say(
    type: Type,
    message: string,
    options: Notification.IOptions<null>
  ): void {
    const key = type + message;
    if (key === this._last) {
      return;
    }
    this._last = key;
    if (this.shown) {
      Notification.update({ id: this._id, type, message, ...options });
    } else if (type !== 'in-progress' || this._id === '') {
      // A notice of progress that was closed stays closed until there is other news.
      this._id = Notification.emit(message, type, options);
    }
  }

  private _id = '';
  private _last = '';
}

/** Join parts to sentences, each with its full stop. */
export function sentences(parts: readonly string[]): string {
  return parts
    .map(part => part.trim())
    .filter(Boolean)
    .map(part => (/[.?…]$/.test(part) ? part : part + '.'))
    .join(' ');
}
