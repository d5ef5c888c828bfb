import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISessionContextDialogs } from '@jupyterlab/apputils';
import type { Widget } from '@lumino/widgets';

import { asErrorBody } from '../api/errors';
import type { IDataHub } from '../tokens';
import { layersSentence } from './layers';
import { handOff, type HandOffResult, type IHandOff } from './hand-off';
import type { LoadNotice } from './notices';
import type { ITarget } from './target';
import type { Targets } from './targets';

/** A dataset that is here, and the document it goes into. */
export interface IDelivery extends IHandOff {
  title: string;
  notice: LoadNotice;
  /** What was in front when the user asked; null where that is not known any more. */
  from: Widget | null;
  /** Ask for the same once more, with another matrix as X where one is named. */
  again: (layer?: string) => void;
}

/** Matrices of a file that a notice has buttons for. */
const MOST_CHOICES = 2;

/** Hands datasets over to documents, and says how it went. */
export class Deliveries {
  constructor(
    private readonly _app: JupyterFrontEnd,
    private readonly _hub: Pick<IDataHub, 'client' | 'trans' | 'openDataset'>,
    private readonly _targets: Targets,
    private readonly _dialogs: ISessionContextDialogs
  ) {}

  /** Deliver after all others, as the name of a variable depends on those before it. */
  deliver(delivery: IDelivery): Promise<void> {
    this._queue = this._queue.then(() => this._deliver(delivery));
    return this._queue;
  }

  private async _deliver(delivery: IDelivery): Promise<void> {
    const { notice, target, from, again } = delivery;
    try {
      this._reveal(target, from);
      const { client, trans } = this._hub;
      const result = await handOff(
        delivery,
        client,
        this._dialogs,
        async options => {
          // What was on its way is here; the question takes the place of the news.
          notice.dismiss();
          const { askWay } = await import('../loading/AskWay');
          return askWay(delivery.title, options, trans);
        }
      );
      this._tell(result, delivery);
    } catch (error) {
      notice.failed(asErrorBody(error, this._hub.trans), {
        retry: () => again()
      });
    }
  }

  private _tell(
    result: HandOffResult,
    { ref, notice, target, again }: IDelivery
  ): void {
    const show = (): void => {
      this._targets.reveal(target);
      target.showDelivered();
    };
    switch (result.outcome) {
      case 'read-only':
        notice.readOnly();
        break;
      case 'called-off':
        notice.dismiss();
        break;
      case 'selection':
        notice.dismiss();
        void import('../loading/openSelection').then(({ openSelection }) =>
          openSelection(ref, chosen => this._hub.openDataset(chosen))
        );
        break;
      case 'no-kernel':
        notice.noKernel(() => again());
        break;
      case 'failed':
        notice.cellFailed(show);
        break;
      case 'ran': {
        const notes = [result.reply.note];
        if (!result.namesChecked) {
          notes.push(
            this._hub.trans.__(
              'The kernel was busy, so its names were not checked.'
            )
          );
        }
        const { layers } = result.reply;
        notes.push(layersSentence(layers, this._hub.trans));
        const said = notes.filter(Boolean);
        // Whoever was not told to wait sees the cell, which says enough.
        if (notice.shown || said.length) {
          notice.loaded(
            result.reply.variable,
            said,
            show,
            layers.slice(0, MOST_CHOICES).map(layer => ({
              label: this._hub.trans.__('Load with %1 as X', layer),
              callback: () => again(layer)
            }))
          );
        }
      }
    }
  }

  /** Show the document, unless the user has turned to something else meanwhile. */
  private _reveal(target: ITarget, from: Widget | null): void {
    const stayed = from !== null && from === this._app.shell.currentWidget;
    const writing =
      document.activeElement instanceof HTMLInputElement ||
      document.activeElement instanceof HTMLTextAreaElement;
    if (stayed && from.id !== target.id && !writing) {
      this._targets.reveal(target);
    }
  }

  private _queue: Promise<void> = Promise.resolve();
}
