import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { Widget } from '@lumino/widgets';

import type { TransferAction } from '../api/client';
import { asErrorBody } from '../api/errors';
import type { Transfer } from '../api/models';
import { report } from '../api/report';
import type { IManner } from '../loading/manner';
import { CommandIDs, type IDataHub } from '../tokens';
import type { Deliveries } from './deliveries';
import { askForNotebook } from './new-notebook';
import { LoadNotice } from './notices';
import type { IAddress, IDestination } from './target';
import type { Targets } from './targets';
import { NOTHING, type IWish, type WishList } from './wishes';

export interface ILoadsOptions {
  app: JupyterFrontEnd;
  hub: IDataHub;
  targets: Targets;
  wishes: WishList;
  deliveries: Deliveries;
  /** The folder of a new notebook. */
  directory: () => string;
  /** Milliseconds in which another page may open the document that a load waits for. */
  patience: number;
}

/**
 * From the wish for a dataset to its cell.
 *
 * A dataset that is not in the library is downloaded first. The user goes on working
 * meanwhile; the wish remembers the document it was made for, and survives a reload.
 */
export class Loads {
  constructor(private readonly _options: ILoadsOptions) {
    const { hub, wishes } = _options;
    hub.transfers.changed.connect(() => this.look());
    wishes.changed.connect(() => {
      this._forgetTaken();
      this.look();
    });
  }

  /**
   * Load a dataset into `destination`, else into the document used last, else into a new
   * notebook.
   */
  async load(
    ref: string,
    title: string,
    destination?: IDestination,
    layer = '',
    manner?: IManner
  ): Promise<void> {
    const { app, hub, targets } = this._options;
    const target = destination?.target ?? targets.current();
    const notice = new LoadNotice(
      { title, into: target?.name ?? '' },
      hub.trans
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
      const transfer = manner?.here
        ? NOTHING
        : await hub.download(
            ref,
            manner?.part ? { title, ...manner.part } : { title, convert: true }
          );
      if (!transfer) {
        return;
      }
      hub.transfers.awaited.add(transfer.id);
      const { kind, path } = target ?? (await this._newNotebook());
      const wish = this._options.wishes.add({
        transfer: transfer.id,
        ref,
        title,
        target: { kind, path },
        place,
        layer,
        ...(manner ? { manner } : {})
      });
      this._from.set(wish.id, app.shell.currentWidget);
      if (!target) {
        await this._open(wish, kernel ?? '');
      }
      this._follow(wish, transfer);
    } catch (error) {
      notice.failed(asErrorBody(error, hub.trans), {
        retry: () => void this.load(ref, title, destination, layer, manner)
      });
    }
  }

  /** Take up what waited when the page was left. */
  async resume(): Promise<void> {
    const { hub, wishes } = this._options;
    await wishes.restore();
    if (wishes.all.length) {
      await hub.transfers.sync();
      for (const { transfer } of wishes.all) {
        this._seen.add(transfer);
        hub.transfers.awaited.add(transfer);
      }
      this.look();
    }
  }

  /** See which wishes can go on. */
  look(): void {
    const { hub, wishes } = this._options;
    for (const wish of wishes.all) {
      const transfer = [NOTHING, ...hub.transfers.items].find(
        ({ id }) => id === wish.transfer
      );
      if (transfer) {
        this._follow(wish, transfer);
      } else if (this._seen.has(wish.transfer)) {
        this._drop(wish);
      }
    }
  }

  private _follow(wish: IWish, transfer: Transfer): void {
    const { app, hub } = this._options;
    this._seen.add(transfer.id);
    const notice = this._noticeOf(wish);
    const act = (action: TransferAction): void => {
      hub.transfers
        .act(transfer.id, action)
        .catch((error: unknown) => report(error, hub.trans));
    };
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
            retry: () => act('retry'),
            details: () => hub.openDataset(wish.ref)
          });
        }
        break;
      default:
        notice.waiting(
          transfer,
          () => act('cancel'),
          () => void app.commands.execute(CommandIDs.showTransfers),
          () => act('resume')
        );
    }
  }

  private _deliver(wish: IWish, transfer: Transfer): void {
    const { deliveries, targets, wishes } = this._options;
    const { ref, place, title, layer, manner } = wish;
    const target = targets.at(wish.target);
    if (!wishes.all.some(({ id }) => id === wish.id)) {
      // It was handed over while its notebook was opened.
      return;
    }
    if (!target) {
      this._offer(wish);
      return;
    }
    wishes.remove(wish);
    const notice = this._noticeOf(wish);
    const from = this._from.get(wish.id) ?? null;
    this._forget(wish.id);
    void deliveries.deliver({
      ref,
      place,
      target,
      notice,
      from,
      path: transfer.path,
      size: transfer.size,
      title,
      layer,
      manner,
      again: (other = layer) =>
        void this.load(ref, title, { target, place }, other, manner)
    });
  }

  /** The document is closed: say that the dataset is here. */
  private _offer(wish: IWish): void {
    if (this._offered.has(wish.id) || this._opening.has(wish.id)) {
      return;
    }
    this._offered.add(wish.id);
    const { patience, targets, wishes } = this._options;
    const { kind, path } = wish.target;
    window.setTimeout(() => {
      if (!wishes.all.some(({ id }) => id === wish.id)) {
        return;
      }
      this._noticeOf(wish).ready(() => {
        if (kind === 'notebook') {
          // What waits for it goes on once it is open.
          void targets.open(path);
        } else {
          this._drop(wish);
          void this.load(
            wish.ref,
            wish.title,
            undefined,
            wish.layer,
            wish.manner
          );
        }
      });
    }, patience);
  }

  private async _askForNotebook(title: string): Promise<string | null> {
    const { app, hub } = this._options;
    const { kernelspecs } = app.serviceManager;
    await kernelspecs.ready;
    return askForNotebook(title, kernelspecs.specs, hub.trans);
  }

  private async _newNotebook(): Promise<IAddress> {
    const { directory, targets } = this._options;
    return { kind: 'notebook', path: await targets.create(directory()) };
  }

  private async _open(wish: IWish, kernel: string): Promise<void> {
    this._opening.add(wish.id);
    try {
      await this._options.targets.open(wish.target.path, kernel);
    } finally {
      this._opening.delete(wish.id);
    }
  }

  private _drop(wish: IWish): void {
    const { hub, wishes } = this._options;
    hub.transfers.awaited.delete(wish.transfer);
    this._noticeOf(wish).dismiss();
    this._forget(wish.id);
    wishes.remove(wish);
  }

  private _forget(id: string): void {
    this._notices.delete(id);
    this._offered.delete(id);
    this._from.delete(id);
  }

  /** Another page has handed over what this one waited for. */
  private _forgetTaken(): void {
    const left = new Set(this._options.wishes.all.map(({ id }) => id));
    for (const [id, notice] of this._notices) {
      if (!left.has(id)) {
        notice.dismiss();
        this._forget(id);
      }
    }
  }

  private _noticeOf(wish: IWish): LoadNotice {
    let notice = this._notices.get(wish.id);
    if (!notice) {
      const into = PathExt.basename(wish.target.path);
      notice = new LoadNotice(
        { title: wish.title, into },
        this._options.hub.trans
      );
      this._notices.set(wish.id, notice);
    }
    return notice;
  }

  /** Ids of transfers that were on the list. */
  private _seen = new Set<string>();
  /** By the ids of the wishes: their notices, and what was in front when they were made. */
  private _notices = new Map<string, LoadNotice>();
  private _from = new Map<string, Widget | null>();
  /** Ids of wishes whose document is being opened, or was offered to be. */
  private _opening = new Set<string>();
  private _offered = new Set<string>();
}
