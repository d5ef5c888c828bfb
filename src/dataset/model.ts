import { CancelledError } from '../api/errors';
import type {
  Asset,
  Dataset,
  DatasetPage,
  DatasetVersion,
  SourceStatus,
  Transfer
} from '../api/models';
import { StateModel } from '../browser/stateModel';
import type { IDataHub } from '../tokens';
import { focused } from './focus';

/** Milliseconds an answer may take before a skeleton is shown. */
const FLASH = 100;

/** The format of an asset that is all files of a dataset. */
const FOLDER = 'folder';
/** Formats in which a matrix of cells may be, or anything else that fits a table. */
const TABLES = new Set(['csv', 'tsv']);
/** The kind of the Sources that know their users. */
const STORE = 'openbis';

/** What the page of a dataset shows; a new object after each change. */
export interface IPageState {
  readonly page: DatasetPage | null;
  /** The Source the dataset is from, null while it is not known. */
  readonly source: SourceStatus | null;
  /** Whether the answer is late enough for a skeleton. */
  readonly loading: boolean;
  /** Why there is nothing to show. */
  readonly error: unknown;
  /** The newest transfer of the dataset. */
  readonly transfer: Transfer | null;
}

/** The page of one dataset, kept true while its file is downloaded or deleted. */
export class DatasetModel extends StateModel<IPageState> {
  constructor(
    readonly ref: string,
    private readonly _hub: Pick<IDataHub, 'client' | 'transfers' | 'library'>
  ) {
    super({
      page: null,
      source: null,
      loading: false,
      error: null,
      transfer: null
    });
    _hub.transfers.changed.connect(this._onTransfers, this);
    _hub.transfers.settled.connect(this._onSettled, this);
    _hub.library.changed.connect(this._onLibrary, this);
  }

  override dispose(): void {
    super.dispose();
    this._running?.abort();
  }

  /** Read the page; what is shown stays until the answer is there. */
  async load(): Promise<void> {
    this._running?.abort();
    const running = (this._running = new AbortController());
    const late = window.setTimeout(
      () => this._update({ loading: this._state.page === null }),
      FLASH
    );
    try {
      const page = focused(
        await this._hub.client.dataset(this.ref, running.signal),
        this.ref
      );
      if (running === this._running) {
        this._update({ page, error: null, loading: false });
        this._onTransfers();
        await this._readSource(page.dataset.source, running.signal);
      }
    } catch (error) {
      if (running === this._running && !(error instanceof CancelledError)) {
        this._update({ error, loading: false });
      }
    } finally {
      window.clearTimeout(late);
    }
  }

  private async _readSource(name: string, signal: AbortSignal): Promise<void> {
    if (this._state.source?.name !== name) {
      const sources = await this._hub.client.sources(signal);
      const source = sources.find(each => each.name === name) ?? null;
      this._update({ source });
    }
  }

  private readonly _onTransfers = (): void => {
    const transfer = this._newestTransfer();
    if (transfer !== this._state.transfer) {
      this._update({ transfer });
    }
  };

  private _newestTransfer(): Transfer | null {
    const { page } = this._state;
    const refs = [this.ref, ...(page ? aloneRefs(page.dataset) : [])];
    const { items } = this._hub.transfers;
    // Selections of a file are shown where they are chosen.
    return (
      items.find(({ ref, selection }) => !selection && refs.includes(ref)) ??
      null
    );
  }

  private readonly _onSettled = (
    _: unknown,
    { ref, group }: Transfer
  ): void => {
    const assets = this._state.page?.dataset.assets ?? [];
    // The files of a choice are known by theirs alone.
    const mine = ref === this.ref || assets.some(asset => asset.ref === ref);
    if (mine || (group && assets.length > 1)) {
      void this.load();
    }
  };

  private readonly _onLibrary = (): void => {
    if (this._state.page) {
      void this.load();
    }
  };

  private _running: AbortController | null = null;
}

/**
 * The asset that "Load" means: the first that becomes an AnnData, else all files or the first.
 *
 * A table is meant only where it is the only one: of several none is the data.
 */
export function mainAsset(dataset: Pick<Dataset, 'assets'>): Asset | null {
  const { assets } = dataset;
  const isTable = ({ format }: Asset): boolean => TABLES.has(format);
  const loadable = assets.filter(asset => asset.loads_as_anndata);
  const alone = assets.filter(isTable).length === 1;
  return (
    loadable.find(asset => !isTable(asset)) ??
    (alone ? loadable[0] : undefined) ??
    folderAsset(dataset) ??
    assets[0] ??
    null
  );
}

/** Whether something becomes a data frame: a table that its catalog makes when it is asked for. */
export function isFrame({ format, volatile }: Asset): boolean {
  return volatile && TABLES.has(format);
}

/** The asset that is all files of a dataset, fetched one by one; null where there is none. */
export function groupAsset({ assets }: Pick<Dataset, 'assets'>): Asset | null {
  return assets.find(({ group }) => group) ?? null;
}

/** What the buttons at the head of a page fetch, by its identifiers. */
export function aloneRefs(dataset: Dataset): string[] {
  const assets = [
    mainAsset(dataset),
    folderAsset(dataset),
    groupAsset(dataset)
  ];
  return [dataset.ref, ...assets.flatMap(asset => (asset ? [asset.ref] : []))];
}

/** The asset that stands for all files of a dataset; null where it has no such. */
export function folderAsset({ assets }: Pick<Dataset, 'assets'>): Asset | null {
  return assets.find(({ format }) => format === FOLDER) ?? null;
}

/** The single files of a dataset. */
export function fileAssets({ assets }: Pick<Dataset, 'assets'>): Asset[] {
  return assets.filter(({ format, group }) => format !== FOLDER && !group);
}

/** The asset that "Download" means: all files where there are several, else the only one. */
export function wholeAsset(dataset: Dataset): Asset | null {
  return folderAsset(dataset) ?? mainAsset(dataset);
}

/** What "Load" fetches: the file that becomes an AnnData, else all there is, as a path. */
export function assetToLoad(dataset: Dataset): Asset | null {
  const asset = mainAsset(dataset);
  return asset?.loads_as_anndata ? asset : wholeAsset(dataset);
}

/** Whether a dataset is in a store that knows its users, where anything may be kept. */
export function isStored({ kind }: Pick<Dataset, 'kind'>): boolean {
  return kind === STORE;
}

/** Whether workers of a cluster can read a file where it is: whoever asks gets parts of it. */
export function isReadAfar(
  dataset: Pick<Dataset, 'kind'>,
  asset: Asset | null
): boolean {
  return (
    !isLocal(dataset) &&
    !isStored(dataset) &&
    asset?.access === 'open' &&
    /\.(h5ad|zarr)$/i.test(asset.name)
  );
}

/** The notebook that was saved as this dataset, null where it is something else. */
export function notebookAsset(dataset: Pick<Dataset, 'assets'>): Asset | null {
  const found = fileAssets(dataset).find(({ name }) => name.endsWith('.ipynb'));
  return found ?? null;
}

/** Whether a file of the dataset (the one `Load` means) is in the library. */
export function isHere({ dataset, in_library }: DatasetPage): boolean {
  const asset = assetToLoad(dataset);
  return (
    (asset !== null && in_library.includes(asset.ref)) ||
    in_library.includes(dataset.ref)
  );
}

/** The versions that are newer than the one shown; lists are newest first. */
export function newerVersions({
  dataset,
  versions
}: DatasetPage): DatasetVersion[] {
  const index = versions.findIndex(({ ref }) => ref === dataset.ref);
  return index < 0 ? [] : versions.slice(0, index);
}

/** Whether the files of a dataset are on this machine, so that there is nothing to download. */
export function isLocal({ kind }: Pick<Dataset, 'kind'>): boolean {
  return kind === 'folder';
}
