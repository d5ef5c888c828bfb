import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ErrorBody, Transfer } from '../api/models';
import { sentences } from '../api/sentences';
import { formatBytes, formatPercent } from '../browser/format';
import { formatUsd } from '../consent/usd';
import { fraction, waitsForConsent } from '../transfers/states';

/** Milliseconds that a piece of good news stays. */
const BRIEF = 6000;
/** Characters of a title that leave room for what is said of it. */
const TITLE = 48;

/** Milliseconds that nobody minds waiting without a word. */
const GLANCE = 1000;

/**
 * Milliseconds that a notification is up at least: one that is taken back while JupyterLab still
 * draws it stays for good, without anything behind it.
 */
const DRAWN = 1500;

/** What a notice is about: the dataset and the document it goes into. */
export interface ISubject {
  title: string;
  /** The name of the document. */
  into: string;
}

/** What can be done about a failure. */
export interface IWays {
  retry?: () => void;
  /** Show all that is known of it; a notice has room for little. */
  details?: () => void;
}

type Type = 'in-progress' | 'success' | 'info' | 'warning' | 'error';

/**
 * The one notification of a load, from the download to the cell.
 *
 * It is shown with the first thing to say; a load that says nothing shows none.
 */
export class LoadNotice {
  constructor(
    { title, into }: ISubject,
    private readonly _trans: TranslationBundle
  ) {
    const long = title.length > TITLE;
    this._subject = {
      title: long ? title.slice(0, TITLE - 1).trimEnd() + '…' : title,
      into
    };
  }

  /** Whether the user was told to wait. */
  get shown(): boolean {
    return this._id !== '' && Notification.manager.has(this._id);
  }

  dismiss(): void {
    this._callOff();
    if (this.shown) {
      const id = this._id;
      const left = this._emitted + DRAWN - Date.now();
      if (left > 0) {
        window.setTimeout(() => Notification.dismiss(id), left);
      } else {
        Notification.dismiss(id);
      }
    }
    this._id = '';
    this._type = null;
  }

  /**
   * Say that a transfer is on its way, once; its progress shows where transfers are listed.
   *
   * Nothing is said of one that takes no longer than a look at it.
   */
  waiting(
    transfer: Transfer,
    cancel: () => void,
    show: () => void,
    raise: () => void
  ): void {
    if (waitsForConsent(transfer)) {
      this._atLimit(transfer, cancel, show, raise);
      return;
    }
    const options = {
      actions: [
        { label: this._trans.__('Show progress'), callback: show },
        { label: this._trans.__('Cancel'), callback: cancel }
      ],
      progress: fraction(transfer) ?? undefined
    };
    if (this.shown && this._type === 'in-progress') {
      // An update that closes at once changes the list of notifications and nothing else: what
      // was hidden stays hidden, and no percent is read aloud.
      this._say('in-progress', this._underWay(transfer), {
        ...options,
        autoClose: 0
      });
    } else if (this._type !== 'in-progress' && !this._timer) {
      this._timer = window.setTimeout(
        () =>
          this._say('in-progress', this._underWay(transfer, false), {
            ...options,
            autoClose: 2 * BRIEF
          }),
        this.shown ? 0 : GLANCE
      );
    }
  }

  private _begun({ size }: Transfer): string {
    const { title, into } = this._subject;
    return size === null
      ? this._trans.__('Downloading “%1” for %2.', title, into)
      : this._trans.__(
          'Downloading “%1” (%2) for %3.',
          title,
          formatBytes(size),
          into
        );
  }

  /** Say that it goes on once its user agrees to pay more; it stays in sight until then. */
  private _atLimit(
    { max_usd, paid_usd }: Transfer,
    cancel: () => void,
    show: () => void,
    raise: () => void
  ): void {
    const { title, into } = this._subject;
    this._say(
      'warning',
      this._trans.__(
        'The download of “%1” for %2 is paused at its limit: %3 of %4 are spent.',
        title,
        into,
        formatUsd(paid_usd ?? 0),
        formatUsd(max_usd ?? 0)
      ),
      {
        autoClose: false,
        actions: [
          {
            label: this._trans.__('Raise the limit'),
            displayType: 'accent',
            callback: raise
          },
          { label: this._trans.__('Show progress'), callback: show },
          { label: this._trans.__('Cancel'), callback: cancel }
        ]
      }
    );
  }

  private _underWay(transfer: Transfer, measured = true): string {
    const { title, into } = this._subject;
    const part = measured ? fraction(transfer) : null;
    if (transfer.state === 'verifying' && transfer.note) {
      return this._trans.__('“%1” for %2: %3.', title, into, transfer.note);
    }
    if (transfer.state === 'paused') {
      return this._trans.__(
        'The download of “%1” for %2 is paused.',
        title,
        into
      );
    }
    return part === null
      ? this._begun(transfer)
      : this._trans.__(
          'Downloading “%1” for %2: %3.',
          title,
          into,
          formatPercent(part)
        );
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

  /** Say that it is there, and offer what else can be done with it. */
  loaded(
    variable: string,
    notes: string[],
    show: (() => void) | null,
    more: readonly Notification.IAction[] = []
  ): void {
    const { title, into } = this._subject;
    const text = this._trans.__('“%1” is “%2” in %3.', title, variable, into);
    this._say('success', sentences([text, ...notes]), {
      autoClose: more.length ? false : notes.length ? 2 * BRIEF : BRIEF,
      actions: [...more, ...this._show(show)]
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
  failed(error: ErrorBody, ways: IWays = {}): void {
    const { retry, details } = ways;
    const actions: Notification.IAction[] = [];
    if (retry) {
      actions.push({
        label: this._trans.__('Try again'),
        displayType: 'accent',
        callback: retry
      });
    }
    if (details) {
      actions.push({ label: this._trans.__('Details'), callback: details });
    }
    const { title } = this._subject;
    this._say(
      'error',
      sentences([
        this._trans.__('“%1” was not loaded: %2', title, error.message),
        error.hint
      ]),
      { autoClose: false, actions }
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
      { retry }
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
    this._callOff();
    if (type === this._type && message === this._message) {
      return;
    }
    this._type = type;
    this._message = message;
    if (this.shown) {
      Notification.update({ id: this._id, type, message, ...options });
    } else {
      this._id = Notification.emit(message, type, options);
      this._emitted = Date.now();
    }
  }

  private _callOff(): void {
    window.clearTimeout(this._timer);
    this._timer = 0;
  }

  private readonly _subject: ISubject;
  private _timer = 0;
  private _id = '';
  private _emitted = 0;
  private _type: Type | null = null;
  private _message = '';
}
