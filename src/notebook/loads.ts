import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISessionContextDialogs } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { Widget } from '@lumino/widgets';

import { asErrorBody } from '../api/errors';
import type { Transfer } from '../api/models';
import { CommandIDs, type IDataHub } from '../tokens';
import { handOff } from './hand-off';
import { askForNotebook } from './new-notebook';
import { LoadNotice } from './notices';
import type { IAddress, IPlace, ITarget } from './target';
import type { Targets } from './targets';
import type { IWish, WishList } from './wishes';

/** Where a load goes when the user pointed at a place. */
export interface IDestination {
  target: ITarget;
  place: IPlace | null;
}

/**
 * From the wish for a dataset to its cell.
 *
 * A dataset that is not in the library is downloaded first. The user goes on working
 * meanwhile; the wish remembers the document it was made for, and survives a reload.
 */
export class Loads {
  constructor(
    private readonly _app: JupyterFrontEnd,
    private readonly _hub: IDataHub,
    private readonly _targets: Targets,
    private readonly _wishes: WishList,
    private readonly _dialogs: ISessionContextDialogs,
    private readonly _directory: () => string
  ) {
    _hub.transfers.changed.connect(() => this.look());
  }

  /**
   * Load a dataset into `destination`, else into the document used last, else into a new
   * notebook.
   */
  async load(
    ref: string,
    title: string,
    destination?: IDestination
  ): Promise<void> {
    const target = destination?.target ?? this._targets.current();
    const notice = new LoadNotice(
      { title, into: target?.name ?? '' },
      this._hub.trans
    );
    try {
      const kernel = target ? null : await this._askForNotebook(title);
      if (!target && kernel === null) {
        return;
      }
      if (target?.readOnly) {
        notice.readOnly();
        return;
      }
      const place = destination ? destination.place : (target?.place() ?? null);
      const transfer = await this._hub.download(ref, { title });
      if (!transfer) {
        return;
      }
      this._hub.transfers.awaited.add(transfer.id);
      const address = target ?? (await this._newNotebook(kernel ?? ''));
      this._wish(transfer, ref, title, address, place);
    } catch (error) {
      notice.failed(asErrorBody(error, this._hub.trans), {
        retry: () => void this.load(ref, title, destination)
      });
    }
  }

  /** Take up what waited when the page was left. */
  async resume(): Promise<void> {
    await this._wishes.restore();
    if (this._wishes.all.length) {
      await this._hub.transfers.sync();
      for (const { transfer } of this._wishes.all) {
        this._seen.add(transfer);
        this._hub.transfers.awaited.add(transfer);
      }
      this.look();
    }
  }

  /** See which wishes can go on. */
  look(): void {
    for (const wish of this._wishes.all) {
      const transfer = this._hub.transfers.items.find(
        ({ id }) => id === wish.transfer
      );
      if (transfer) {
        this._follow(wish, transfer);
      } else if (this._seen.has(wish.transfer)) {
        this._drop(wish);
      }
    }
  }

  private _wish(
    transfer: Transfer,
    ref: string,
    title: string,
    { kind, path }: IAddress,
    place: IPlace | null
  ): void {
    const wish = this._wishes.add({
      transfer: transfer.id,
      ref,
      title,
      target: { kind, path },
      place
    });
    this._from.set(wish.id, this._app.shell.currentWidget);
    this._follow(wish, transfer);
  }

  private _follow(wish: IWish, transfer: Transfer): void {
    this._seen.add(transfer.id);
    const notice = this._noticeOf(wish);
    switch (transfer.state) {
      case 'done':
        this._deliver(wish, transfer);
        break;
      case 'cancelled':
        this._drop(wish);
        break;
      case 'failed':
        // The wish stays: whoever tries again gets the cell as well.
        if (transfer.error) {
          notice.failed(transfer.error, {
            retry: () => void this._hub.transfers.act(transfer.id, 'retry'),
            details: () => this._hub.openDataset(wish.ref)
          });
        }
        break;
      default:
        notice.waiting(
          transfer,
          () => void this._hub.transfers.act(transfer.id, 'cancel'),
          () => void this._app.commands.execute(CommandIDs.showTransfers)
        );
    }
  }

  private _deliver(wish: IWish, transfer: Transfer): void {
    const target = this._targets.at(wish.target);
    if (!target) {
      this._offer(wish);
      return;
    }
    this._wishes.remove(wish);
    // One after the other, as the name of the second depends on that of the first.
    this._queue = this._queue.then(() => this._handOff(wish, transfer, target));
  }

  /** The document is closed: say that the dataset is here. */
  private _offer(wish: IWish): void {
    const { kind, path } = wish.target;
    this._noticeOf(wish).ready(() => {
      if (kind === 'notebook') {
        // What waits for it goes on once it is open.
        void this._targets.open(path);
      } else {
        this._drop(wish);
        void this.load(wish.ref, wish.title);
      }
    });
  }

  private async _handOff(
    wish: IWish,
    transfer: Transfer,
    target: ITarget
  ): Promise<void> {
    const { ref, place, title } = wish;
    const notice = this._noticeOf(wish);
    const again = (): void => {
      void this.load(ref, title, { target, place });
    };
    try {
      this._revealFor(wish, target);
      const result = await handOff(
        { ref, place, target, path: transfer.path },
        this._hub.client,
        this._dialogs
      );
      const show = (): void => {
        this._targets.reveal(target);
        target.showDelivered();
      };
      switch (result.outcome) {
        case 'read-only':
          notice.readOnly();
          break;
        case 'no-kernel':
          notice.noKernel(again);
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
          const said = notes.filter(Boolean);
          if (notice.shown || said.length) {
            notice.loaded(result.reply.variable, said, show);
          }
        }
      }
    } catch (error) {
      notice.failed(asErrorBody(error, this._hub.trans), { retry: again });
    } finally {
      this._forget(wish);
    }
  }

  /** Show the document, unless the user has turned to something else meanwhile. */
  private _revealFor(wish: IWish, target: ITarget): void {
    const before = this._from.get(wish.id);
    const stayed = before && before === this._app.shell.currentWidget;
    const writing =
      document.activeElement instanceof HTMLInputElement ||
      document.activeElement instanceof HTMLTextAreaElement;
    if (stayed && before.id !== target.id && !writing) {
      this._targets.reveal(target);
    }
  }

  private async _askForNotebook(title: string): Promise<string | null> {
    const { kernelspecs } = this._app.serviceManager;
    await kernelspecs.ready;
    return askForNotebook(title, kernelspecs.specs, this._hub.trans);
  }

  private async _newNotebook(kernel: string): Promise<IAddress> {
    const path = await this._targets.create(this._directory());
    await this._targets.open(path, kernel);
    return { kind: 'notebook', path };
  }

  private _drop(wish: IWish): void {
    this._noticeOf(wish).dismiss();
    this._hub.transfers.awaited.delete(wish.transfer);
    this._forget(wish);
    this._wishes.remove(wish);
  }

  private _forget(wish: IWish): void {
    this._notices.delete(wish.id);
    this._from.delete(wish.id);
  }

  private _noticeOf(wish: IWish): LoadNotice {
    let notice = this._notices.get(wish.id);
    if (!notice) {
      const into = PathExt.basename(wish.target.path);
      notice = new LoadNotice({ title: wish.title, into }, this._hub.trans);
      this._notices.set(wish.id, notice);
    }
    return notice;
  }

  /** Ids of transfers that were on the list. */
  private _seen = new Set<string>();
  private _queue: Promise<void> = Promise.resolve();
  private _notices = new Map<string, LoadNotice>();
  /** What was in front when the user asked, by the id of the wish. */
  private _from = new Map<string, Widget | null>();
}
