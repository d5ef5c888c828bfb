import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { PartialJSONObject } from '@lumino/coreutils';

import { DataHubClient } from './api/client';
import type { Transfer } from './api/models';
import { formatBytes, formatInteger } from './browser/format';
import { ConnectionsModel } from './connections/model';
import { payer, type Pay } from './consent/pay';
import { payerOfSeveral } from './consent/together';
import { mainAsset } from './dataset/model';
import { LibraryModel } from './library/model';
import type { IManner } from './loading/manner';
import {
  CommandIDs,
  type IDataHub,
  type IDownloadOptions,
  type IWanted
} from './tokens';
import { TransfersModel } from './transfers/model';

/**
 * What the user may set.
 */
export interface ISettings {
  /** Folder for the named links, relative to the server's root; empty: the server's choice. */
  downloadDirectory: string;
  /** Gigabytes above which a download is asked about first; 0 asks always. */
  confirmAbove: number;
  /** Whether a notification tells the end of a transfer. */
  notifyWhenDone: boolean;
}

const DEFAULT_SETTINGS: ISettings = {
  downloadDirectory: '',
  confirmAbove: 10,
  notifyWhenDone: true
};

/** How identifiers of files begin that are on this machine already. */
const LOCAL = 'folder:';

/**
 * The shared parts of DataHub, and the actions that every room offers.
 */
export class DataHub implements IDataHub {
  constructor(
    private readonly _commands: CommandRegistry,
    readonly trans: TranslationBundle,
    readonly client: DataHubClient = new DataHubClient(trans)
  ) {
    this.pay = payer(trans);
    this.transfers = new TransfersModel(
      this.client,
      this.pay,
      payerOfSeveral(this.pay, trans)
    );
    this.library = new LibraryModel(this.client);
    this.connections = new ConnectionsModel(this.client);
  }

  readonly pay: Pay;
  readonly transfers: TransfersModel;
  readonly library: LibraryModel;
  readonly connections: ConnectionsModel;

  get notifyWhenDone(): boolean {
    return this._settings.notifyWhenDone;
  }

  get downloadDirectory(): string {
    return this._settings.downloadDirectory;
  }

  /**
   * Take the user's settings, now and whenever they change.
   */
  follow(settings: ISettingRegistry.ISettings): void {
    const read = (): void => {
      this._settings = { ...DEFAULT_SETTINGS, ...settings.composite };
    };
    settings.changed.connect(read);
    read();
  }

  openDataset(ref: string): void {
    void this._commands.execute(CommandIDs.openDataset, { ref });
  }

  async load(
    ref: string,
    title?: string,
    layer?: string,
    manner?: IManner
  ): Promise<void> {
    await this._commands.execute(CommandIDs.load, {
      ref,
      title,
      layer,
      way: manner?.way,
      cluster: manner?.cluster,
      here: manner?.here,
      level: manner?.level,
      ...(manner?.part ? { part: { ...manner.part } as PartialJSONObject } : {})
    });
  }

  async download(
    ref: string,
    options: IDownloadOptions = {}
  ): Promise<Transfer | null> {
    if (!(await this._confirm([{ ref, ...options }]))) {
      return null;
    }
    return this.transfers.add(
      ref,
      this._settings.downloadDirectory,
      options.convert,
      options.title,
      options.selection
    );
  }

  async downloadFolder(ref: string, title?: string): Promise<Transfer | null> {
    const { dataset } = await this.client.dataset(ref);
    const group = dataset.assets.find(asset => asset.group);
    return this.download(ref, {
      title: title ?? dataset.title,
      size: group?.size ?? null,
      files: group?.members ?? null
    });
  }

  async downloadAll(
    wanted: readonly IWanted[],
    convert = false
  ): Promise<boolean> {
    if (wanted.length === 0 || !(await this._confirm(wanted))) {
      return false;
    }
    const begun = await this.transfers.addAll(
      wanted.map(({ ref }) => ref),
      this._settings.downloadDirectory,
      convert,
      numbers =>
        numbers.length === 1
          ? (wanted[numbers[0]].title ?? '')
          : this.trans.__('%1 datasets', formatInteger(numbers.length))
    );
    return begun.some(transfer => transfer !== null);
  }

  async downloadGroup(
    name: string,
    wanted: readonly IWanted[],
    dataset = ''
  ): Promise<Transfer | null> {
    const known = wanted.every(({ size }) => typeof size === 'number');
    const size = known
      ? wanted.reduce((sum, { size }) => sum + (size ?? 0), 0)
      : null;
    const files = wanted.length;
    if (!(await this._confirm([{ ref: '', title: name, size, files }]))) {
      return null;
    }
    const refs = wanted.map(({ ref }) => ref);
    const directory = this._settings.downloadDirectory;
    const request = { refs, name, directory, ...(dataset ? { dataset } : {}) };
    const transfer = await this.pay(name, limit =>
      this.client.addTransfer(request, limit)
    );
    if (transfer) {
      this.transfers.accept(transfer);
    }
    return transfer;
  }

  /** Ask before many bytes are spent; gives whether to go on. */
  private async _confirm(wanted: readonly IWanted[]): Promise<boolean> {
    const remote = wanted.filter(({ ref }) => !this._isHere(ref));
    const sizes = await Promise.all(
      remote.map(async ({ ref, size }) =>
        size === undefined ? this._sizeOf(ref) : size
      )
    );
    const bytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    const unknown = sizes.filter(size => size === null).length;
    const limit = this._settings.confirmAbove * 1e9;
    const many = remote.some(({ files }) => files !== undefined);
    const small = bytes <= limit && !(unknown && limit === 0);
    if (remote.length === 0 || (small && !many)) {
      return true;
    }
    await this.library.refresh();
    const room = this.library.room;
    return room !== null && room < bytes
      ? this._sayNoRoom(bytes, room)
      : this._ask(remote, bytes, unknown, room);
  }

  private async _ask(
    wanted: readonly IWanted[],
    bytes: number,
    unknown: number,
    room: number | null
  ): Promise<boolean> {
    const { trans } = this;
    const size = formatBytes(bytes);
    const lines = [
      wanted.length === 1 && wanted[0].files !== undefined
        ? groupWords(wanted[0], trans)
        : wanted.length === 1
          ? trans.__('“%1” is %2.', wanted[0].title ?? wanted[0].ref, size)
          : trans.__('%1 datasets are %2.', wanted.length, size),
      unknown && wanted[0].files === undefined
        ? trans._n(
            'The size of one more is not known.',
            'The sizes of %1 more are not known.',
            unknown
          )
        : '',
      room === null ? '' : trans.__('There is room for %1.', formatBytes(room))
    ];
    const { button } = await showDialog({
      title:
        bytes > 0
          ? trans.__('Download %1?', size)
          : trans.__('Download all of these files?'),
      body: lines.filter(line => line).join(' '),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Download') })
      ]
    });
    return button.accept;
  }

  private async _sayNoRoom(bytes: number, room: number): Promise<boolean> {
    const { trans } = this;
    const { button } = await showDialog({
      title: trans.__('No room for %1', formatBytes(bytes)),
      body: trans.__(
        'The disk has room for %1 without touching its reserve. Remove what you do not need from the library, then download again.',
        formatBytes(room)
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Show the library') })
      ]
    });
    if (button.accept) {
      await this._commands.execute(CommandIDs.showLibrary);
    }
    return false;
  }

  /** Whether nothing has to come over the network. */
  private _isHere(ref: string): boolean {
    return ref.startsWith(LOCAL) || this.library.has(ref);
  }

  private async _sizeOf(ref: string): Promise<number | null> {
    const { dataset } = await this.client.dataset(ref);
    const asset =
      dataset.assets.find(each => each.ref === ref) ?? mainAsset(dataset);
    return asset?.size ?? null;
  }

  private _settings = DEFAULT_SETTINGS;
}

/** How much a group of files is: "“All files”: 312 files, 1.2 TB." */
function groupWords(
  { title, ref, files, size }: IWanted,
  trans: TranslationBundle
): string {
  const count =
    typeof files === 'number'
      ? trans._n('%2 file', '%2 files', files, formatInteger(files))
      : trans.__('an unknown number of files');
  const bytes =
    typeof size === 'number' ? formatBytes(size) : trans.__('of unknown size');
  return trans.__('“%1”: %2, %3.', title ?? ref, count, bytes);
}
