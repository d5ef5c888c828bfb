import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import type { ReactElement } from 'react';

const FOCUSABLE =
  'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex="-1"])';

export interface IModalOptions {
  readonly title: string;
  readonly className: string;
  readonly trans: TranslationBundle;
  /** Draws what is below the title; gets what closes the dialog. */
  readonly content: (close: () => void) => ReactElement;
  readonly onClosed?: () => void;
}

/**
 * A dialog whose content decides when it is done.
 *
 * JupyterLab's own closes with the first click on its button, and takes Enter and Escape away
 * from what is inside of it; a form whose answer may be "no" stays open with all that was typed.
 */
export class Modal extends ReactWidget {
  constructor(private readonly _options: IModalOptions) {
    super();
    this.addClass('jp-DataHub-modal');
    this.addClass('jp-ThemedContainer');
    this.addClass(_options.className);
  }

  /** Show it, unless it is open already. */
  open(): void {
    if (!this.isAttached) {
      this._before = document.activeElement;
      Widget.attach(this, document.body);
    }
  }

  override dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      if (this._before instanceof HTMLElement) {
        this._before.focus({ preventScroll: true });
      }
      this._options.onClosed?.();
    }
  }

  handleEvent(event: Event): void {
    if (event.type === 'keydown') {
      this._onKeyDown(event as KeyboardEvent);
    } else if (event.type === 'focusin') {
      this._keepFocus(event.target);
    } else {
      // The page below has menus of its own, which are about something else.
      event.stopPropagation();
    }
  }

  protected override render(): ReactElement {
    const { title, trans, content } = this._options;
    const close = (): void => this.dispose();
    return (
      <div
        className="jp-DataHub jp-DataHub-modalBox"
        role="dialog"
        aria-modal="true"
        aria-label={title}
        tabIndex={-1}
      >
        <div className="jp-DataHub-modalHead">
          <h2>{title}</h2>
          <button
            type="button"
            className="jp-DataHub-button"
            aria-label={trans.__('Close')}
            title={trans.__('Close (Esc)')}
            onClick={close}
          >
            <closeIcon.react
              tag="span"
              className="jp-DataHub-icon"
              aria-hidden="true"
            />
          </button>
        </div>
        {content(close)}
      </div>
    );
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    document.addEventListener('keydown', this);
    this.node.addEventListener('contextmenu', this);
    document.addEventListener('focusin', this);
    void this.renderPromise?.then(() => {
      if (!this.node.contains(document.activeElement)) {
        this._box?.focus();
      }
    });
  }

  protected override onBeforeDetach(message: Message): void {
    document.removeEventListener('keydown', this);
    this.node.removeEventListener('contextmenu', this);
    document.removeEventListener('focusin', this);
    super.onBeforeDetach(message);
  }

  private _onKeyDown(event: KeyboardEvent): void {
    // The focus falls to the page where a control that had it goes away.
    const here =
      event.target === document.body ||
      this.node.contains(event.target as Node);
    if (!here) {
      return;
    }
    if (event.key === 'Escape' && !event.defaultPrevented) {
      event.preventDefault();
      this.dispose();
    } else if (event.key === 'Tab') {
      this._turnAround(event);
    }
  }

  /** Lead from the last control to the first, and back. */
  private _turnAround(event: KeyboardEvent): void {
    const controls = [
      ...this.node.querySelectorAll<HTMLElement>(FOCUSABLE)
    ].filter(
      node => !node.hasAttribute('disabled') && node.offsetParent !== null
    );
    const edge = event.shiftKey ? controls[0] : controls[controls.length - 1];
    const other = event.shiftKey ? controls[controls.length - 1] : controls[0];
    const focused = document.activeElement;
    const outside = focused === document.body || focused === this._box;
    if (other && (focused === edge || outside)) {
      event.preventDefault();
      other.focus();
    }
  }

  private _keepFocus(target: EventTarget | null): void {
    const elsewhere =
      target instanceof HTMLElement &&
      !this.node.contains(target) &&
      // What lies above this dialog: questions, menus, notifications.
      !target.closest('.jp-Dialog, .lm-Menu, .Toastify, .jp-DataHub-modal');
    if (elsewhere) {
      this._box?.focus();
    }
  }

  private get _box(): HTMLElement | null {
    return this.node.querySelector('.jp-DataHub-modalBox');
  }

  private _before: Element | null = null;
}
