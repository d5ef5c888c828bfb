import { ReactWidget } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { createElement, type ReactElement } from 'react';

import { SidebarContext, type ISidebarContext } from '../browser/context';
import { SearchModel } from '../browser/searchModel';
import { AddData } from './AddData';

/** Pixels between the popover and what is around it. */
const GAP = 4;

interface IOptions {
  readonly context: ISidebarContext;
  /** The button it hangs below. */
  readonly anchor: HTMLElement;
  /** The name of the document that data goes into. */
  readonly into: string;
  readonly load: (ref: string, title: string) => void;
  /** Called when it was closed by the keyboard, to give the focus back. */
  readonly restoreFocus: () => void;
}

/** The search for datasets at the toolbar of a notebook: type, arrow, Enter. */
export class AddDataPopover extends ReactWidget {
  constructor(private readonly _options: IOptions) {
    super();
    this.addClass('jp-DataHub');
    this.addClass('jp-DataHub-popover');
    const { trans } = _options.context.hub;
    this.node.setAttribute('role', 'dialog');
    this.node.setAttribute(
      'aria-label',
      trans.__('Add data to %1', _options.into)
    );
    this._model = new SearchModel(_options.context.hub.client);
  }

  /** Show it below its anchor. */
  open(): void {
    Widget.attach(this, document.body);
  }

  override dispose(): void {
    this._model.dispose();
    super.dispose();
  }

  handleEvent(event: Event): void {
    if (event.type === 'resize') {
      this._place();
    } else if (!this.node.contains(event.target as Node)) {
      this.dispose();
    }
  }

  protected render(): ReactElement {
    const { context, into, load, restoreFocus } = this._options;
    const close = (): void => {
      this.dispose();
      restoreFocus();
    };
    return createElement(
      SidebarContext.Provider,
      { value: context },
      createElement(AddData, {
        model: this._model,
        into,
        onClose: close,
        onLoad: ({ ref, title }) => {
          close();
          load(ref, title);
        }
      })
    );
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._place();
    void this._model.search();
    document.addEventListener('pointerdown', this, true);
    document.addEventListener('focusin', this, true);
    window.addEventListener('resize', this);
  }

  protected override onBeforeDetach(message: Message): void {
    document.removeEventListener('pointerdown', this, true);
    document.removeEventListener('focusin', this, true);
    window.removeEventListener('resize', this);
    super.onBeforeDetach(message);
  }

  /** Below the anchor, and inside of the window. */
  private _place(): void {
    const { left, bottom } = this._options.anchor.getBoundingClientRect();
    const { width } = this.node.getBoundingClientRect();
    const space = document.documentElement.clientWidth - width - GAP;
    this.node.style.left = `${Math.max(GAP, Math.min(left, space))}px`;
    this.node.style.top = `${bottom + GAP}px`;
  }

  private readonly _model: SearchModel;
}
