import type { TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';

import type { DataHubClient } from './api/client';
import type { Selection, Transfer } from './api/models';
import type { ConnectionsModel } from './connections/model';
import type { Pay } from './consent/pay';
import type { LibraryModel } from './library/model';
import type { IManner } from './loading/manner';
import type { TransfersModel } from './transfers/model';

/**
 * What a download may say about itself, so that nobody has to look it up again.
 */
export interface IDownloadOptions {
  readonly title?: string;
  /**
   * Bytes; undefined: not known yet, null: the catalog does not say.
   */
  readonly size?: number | null;
  /** Whether an h5ad is wanted of a file in a format that notebooks do not read well. */
  readonly convert?: boolean;
  /** The cells and genes that are wanted of a file; undefined: all of it. */
  readonly selection?: Selection;
  /**
   * Number of files of a group, which is always asked about first; null: not known, undefined: a
   * single file.
   */
  readonly files?: number | null;
}

/**
 * A dataset to download.
 */
export interface IWanted extends IDownloadOptions {
  readonly ref: string;
}

/**
 * The parts of DataHub that its rooms share.
 */
export interface IDataHub {
  readonly client: DataHubClient;
  readonly transfers: TransfersModel;
  readonly library: LibraryModel;
  readonly connections: ConnectionsModel;
  readonly trans: TranslationBundle;

  /** Begins what may cost money, after a question where it does. */
  readonly pay: Pay;

  /** Whether the user wants to be told when a download is done. */
  readonly notifyWhenDone: boolean;

  /** The user's folder for what is downloaded; empty: the server's choice. */
  readonly downloadDirectory: string;

  /**
   * Show the page of a dataset in the main area.
   */
  openDataset(ref: string): void;

  /**
   * Put a dataset into the active notebook, downloading it first where needed.
   *
   * @param layer - The layer that is to be X, where the file has several matrices.
   * @param manner - How much of it is loaded; where it is missing all of it, if there is room.
   */
  load(
    ref: string,
    title?: string,
    layer?: string,
    manner?: IManner
  ): Promise<void>;

  /**
   * Queue a download. The user is asked first where the file is larger than the settings
   * allow without a question.
   *
   * @returns The transfer, null where the user said no, be it to its size or to its price.
   */
  download(ref: string, options?: IDownloadOptions): Promise<Transfer | null>;

  /**
   * Queue all files of a folder as one transfer, after a question that says how many they are as
   * far as that is known.
   *
   * @returns The transfer, null where the user said no.
   */
  downloadFolder(ref: string, title?: string): Promise<Transfer | null>;

  /**
   * Queue several downloads after one question of their size and one of their price at most.
   *
   * @param convert - Whether what can be made an h5ad is.
   * @returns Whether any of them is queued.
   */
  downloadAll(wanted: readonly IWanted[], convert?: boolean): Promise<boolean>;

  /**
   * Queue several files as one transfer, into a folder of this name, after a question that says
   * how many files and bytes they are and how much room there is.
   *
   * @param dataset - Identifier of the one that all of them are files of, where there is one.
   * @returns The transfer, null where the user said no.
   */
  downloadGroup(
    name: string,
    wanted: readonly IWanted[],
    dataset?: string
  ): Promise<Transfer | null>;
}

export const IDataHub = new Token<IDataHub>(
  'jupyterlab-datahub:IDataHub',
  'The client, the transfers and the actions of DataHub.'
);

/**
 * The plugin whose settings hold for all of DataHub.
 */
export const PLUGIN_ID = 'jupyterlab-datahub:plugin';

export const CommandIDs = {
  /** Show the sidebar and put the cursor in its search box. */
  open: 'datahub:open',
  /** Show the page of a dataset; args: ref. */
  openDataset: 'datahub:open-dataset',
  /**
   * Put a dataset into the active notebook or console; args: ref, title, layer (to be X), way (how
   * much is loaded), cluster (of Dask).
   */
  load: 'datahub:load',
  /** Download a dataset; args: ref, title, size. */
  download: 'datahub:download',
  /** Search at the notebook, Enter hands over. */
  addData: 'datahub:add-data',
  /** Show the connections; args: name (of the one to use). */
  connections: 'datahub:connections',
  /** Show the trees of the stores. */
  browse: 'datahub:browse',
  /** Show where in the tree of its store something is; args: ref. */
  showInTree: 'datahub:show-in-tree',
  /** Make a notebook that begins with datasets; args: refs, title. */
  newNotebook: 'datahub:new-notebook',
  /**
   * Save a notebook to a store; args: source, owner, identifier, path (of the notebook; the
   * active one where it is missing).
   */
  save: 'datahub:save',
  /** Save what is selected in the file browser to a store. */
  saveFiles: 'datahub:save-files',
  /** Fetch the catalogs anew; args: source (all where it is missing). */
  refresh: 'datahub:refresh',
  /** Fetch the files of a manifest; args: text, name (of its file), source. */
  downloadManifest: 'datahub:download-manifest',
  /** Ask a data commons in GraphQL; args: source. */
  graphql: 'datahub:graphql',
  showTransfers: 'datahub:show-transfers',
  showLibrary: 'datahub:show-library',
  /** args: ref */
  copyIdentifier: 'datahub:copy-identifier',
  /** args: ref */
  copyCitation: 'datahub:copy-citation',
  /** args: ref */
  openInBrowser: 'datahub:open-in-browser'
} as const;

/**
 * MIME type of a dragged dataset: an object with `ref` and `title`.
 */
export const REF_MIME = 'application/vnd.datahub.ref';
