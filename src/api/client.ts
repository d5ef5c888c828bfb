import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { loadingQuery, type IKernelState } from '../loading/kernel';
import { imageRoute, limitOf } from './imageRoute';
import type {
  CellReply,
  CellRequest,
  Connection,
  ConnectionList,
  ConnectionRequest,
  DatasetPage,
  GraphAnswer,
  GraphQuestion,
  GraphSchema,
  GroupPage,
  ImageFacts,
  KernelProbe,
  LibraryListing,
  LoadOptions,
  NodePage,
  NotebookRequest,
  Owner,
  Preview,
  ProvenanceReport,
  SaveForm,
  SaveRequest,
  SearchResult,
  SourceStatus,
  Thumbnail,
  Transfer,
  TransferRequest
} from './models';
import { Requests } from './request';

export type ConnectionAction = 'check' | 'disconnect';
export type TransferAction = 'pause' | 'resume' | 'cancel' | 'retry';

/**
 * The REST interface of the server extension, typed.
 *
 * Every method throws `DataHubError` when the server or a catalog says no, and
 * `CancelledError` when its signal was aborted.
 */
export class DataHubClient {
  constructor(
    trans: TranslationBundle,
    settings: ServerConnection.ISettings = ServerConnection.makeSettings()
  ) {
    this._requests = new Requests(trans, settings);
  }

  async sources(signal?: AbortSignal): Promise<SourceStatus[]> {
    type Answer = { sources: SourceStatus[] };
    return (await this._get<Answer>('sources', signal)).sources;
  }

  /**
   * Ask for the catalog of a Source anew; the answer says that it has begun.
   */
  refresh(source: string): Promise<SourceStatus> {
    return this._send('POST', `sources/${encodeURIComponent(source)}/refresh`);
  }

  search(params: URLSearchParams, signal?: AbortSignal): Promise<SearchResult> {
    return this._get(`search?${params.toString()}`, signal);
  }

  dataset(ref: string, signal?: AbortSignal): Promise<DatasetPage> {
    return this._get(`datasets/${encodeURIComponent(ref)}`, signal);
  }

  /** What an image says of itself, of which only small parts are fetched; see `imageRoute`. */
  image(
    ref: string,
    most: number | null,
    signal?: AbortSignal
  ): Promise<ImageFacts> {
    return this._get(imageRoute(ref, most), signal);
  }

  /** A small picture of a channel of an image. */
  thumbnail(
    ref: string,
    channel: number,
    most: number | null,
    signal?: AbortSignal
  ): Promise<Thumbnail> {
    return this._get(imageRoute(ref, most, channel), signal);
  }

  /** What can be known of a file without having it. */
  preview(
    ref: string,
    most: number | null,
    signal?: AbortSignal
  ): Promise<Preview> {
    const query = new URLSearchParams(limitOf(most)).toString();
    const path = `previews/${encodeURIComponent(ref)}`;
    return this._get(query ? `${path}?${query}` : path, signal);
  }

  /** Places or values of the cells of a preview, packed. */
  previewArrays(
    ref: string,
    what: 'points' | 'colours',
    params: { readonly embedding: string } | { readonly by: string },
    most: number | null,
    signal?: AbortSignal
  ): Promise<ArrayBuffer> {
    const path = `previews/${encodeURIComponent(ref)}/${what}`;
    const query = new URLSearchParams({
      ...params,
      ...limitOf(most)
    }).toString();
    return this._requests.bytes(`${path}?${query}`, { signal });
  }

  async transfers(signal?: AbortSignal): Promise<Transfer[]> {
    const answer = await this._get<{ transfers: Transfer[] }>(
      'transfers',
      signal
    );
    return answer.transfers;
  }

  /**
   * Queue a file, or several as one.
   *
   * @param limit - USD that it may cost at most; where it is missing it may cost nothing.
   */
  addTransfer(request: TransferRequest, limit?: number): Promise<Transfer> {
    return this._send('POST', 'transfers', { ...request, max_usd: limit });
  }

  /** Files of a group that failed, the first of them. */
  failedMembers(id: string, limit: number): Promise<GroupPage> {
    return this._get(
      `transfers/${encodeURIComponent(id)}/members?state=failed&limit=${limit}`
    );
  }

  changeTransfer(
    id: string,
    action: TransferAction,
    limit?: number
  ): Promise<Transfer> {
    return this._send('PATCH', `transfers/${encodeURIComponent(id)}`, {
      action,
      max_usd: limit
    });
  }

  /**
   * Take a transfer off the list; one that still runs is cancelled first.
   */
  async removeTransfer(id: string): Promise<void> {
    await this._send('DELETE', `transfers/${encodeURIComponent(id)}`);
  }

  library(signal?: AbortSignal): Promise<LibraryListing> {
    return this._get('library', signal);
  }

  removeFromLibrary(sha256: string): Promise<LibraryListing> {
    return this._send('DELETE', `library/${encodeURIComponent(sha256)}`);
  }

  cells(
    request: Pick<CellRequest, 'ref'> & Partial<CellRequest>
  ): Promise<CellReply> {
    return this._send('POST', 'cells', request);
  }

  /** All connections, and the kinds of stores that one can connect to. */
  connections(signal?: AbortSignal): Promise<ConnectionList> {
    return this._get('connections', signal);
  }

  /** Let us in at a store; one of a new name is made. Nothing is kept where that fails. */
  connect(name: string, request: ConnectionRequest): Promise<Connection> {
    return this._send(
      'PUT',
      `connections/${encodeURIComponent(name)}`,
      request
    );
  }

  changeConnection(
    name: string,
    action: ConnectionAction
  ): Promise<Connection> {
    return this._send('PATCH', `connections/${encodeURIComponent(name)}`, {
      action
    });
  }

  async removeConnection(name: string): Promise<Connection[]> {
    const answer = await this._send<{ connections: Connection[] }>(
      'DELETE',
      `connections/${encodeURIComponent(name)}`
    );
    return answer.connections;
  }

  /** Some children of a node of a store's tree, of its root for an empty `node`. */
  tree(
    source: string,
    node: string,
    offset: number,
    limit: number,
    signal?: AbortSignal
  ): Promise<NodePage> {
    const params = new URLSearchParams({
      node,
      offset: String(offset),
      limit: String(limit)
    });
    return this._get(
      `tree/${encodeURIComponent(source)}?${params.toString()}`,
      signal
    );
  }

  /** Ask a store itself, one whose datasets are in no catalog here. */
  searchSource(
    source: string,
    params: URLSearchParams,
    signal?: AbortSignal
  ): Promise<SearchResult> {
    return this._get(
      `sources/${encodeURIComponent(source)}/search?${params.toString()}`,
      signal
    );
  }

  /** Ask a store to bring the files of a dataset back from its archive. */
  async unarchive(ref: string): Promise<void> {
    await this._send('POST', `datasets/${encodeURIComponent(ref)}/unarchive`);
  }

  /** What a store wants to know of a notebook that is saved to it. */
  saveForm(source: string, signal?: AbortSignal): Promise<SaveForm> {
    return this._get(`saves/${encodeURIComponent(source)}/form`, signal);
  }

  /**
   * What a saved notebook can belong to, for a text typed so far.
   *
   * @param only - The only kind and type of them that will do; any where empty.
   */
  async owners(
    source: string,
    text: string,
    signal?: AbortSignal,
    only: { readonly kind?: string; readonly type?: string } = {}
  ): Promise<Owner[]> {
    const params = new URLSearchParams({ text, ...only });
    const answer = await this._get<{ owners: Owner[] }>(
      `saves/${encodeURIComponent(source)}/owners?${params.toString()}`,
      signal
    );
    return answer.owners;
  }

  /** Queue a notebook, as it is on the disk, to be saved to a store. */
  save(request: SaveRequest): Promise<Transfer> {
    return this._send('POST', 'saves', request);
  }

  /** Make a notebook that begins with datasets, or a copy of a saved one; gives its path. */
  async makeNotebook(request: NotebookRequest): Promise<string> {
    const answer = await this._send<{ path: string }>(
      'POST',
      'notebooks',
      request
    );
    return answer.path;
  }

  /** How the inputs that a notebook's metadata names stand today. */
  provenance(metadata: object): Promise<ProvenanceReport> {
    return this._send('POST', 'provenance', { metadata });
  }

  /**
   * What a store can be asked in GraphQL.
   *
   * @param endpoint - One of several places to ask; empty: the first.
   */
  graphSchema(
    source: string,
    endpoint: string,
    signal?: AbortSignal
  ): Promise<GraphSchema> {
    const params = new URLSearchParams(endpoint ? { endpoint } : {});
    return this._get(
      `graphql/${encodeURIComponent(source)}?${params.toString()}`,
      signal
    );
  }

  /** Ask a store in GraphQL; what is wrong with the question is in the answer. */
  askGraph(
    source: string,
    question: GraphQuestion,
    signal?: AbortSignal
  ): Promise<GraphAnswer> {
    return this._requests.json(`graphql/${encodeURIComponent(source)}`, {
      method: 'POST',
      body: JSON.stringify(question),
      signal
    });
  }

  /** The picture that an identifier names, as the server fetched it from its host. */
  picture(ref: string, signal?: AbortSignal): Promise<Blob> {
    const path = `pictures/${encodeURIComponent(ref)}`;
    return this._requests.blob(path, { signal });
  }

  /** What to ask a kernel for its free memory. */
  kernelProbe(language: string): Promise<KernelProbe> {
    const query = new URLSearchParams({ language }).toString();
    return this._get(`kernel-probe?${query}`);
  }

  /**
   * The ways to load a file into a kernel.
   *
   * @param look - Whether a file on a host is looked into, which fetches some of it.
   */
  loadOptions(
    ref: string,
    kernel: IKernelState | null,
    look: boolean,
    signal?: AbortSignal
  ): Promise<LoadOptions> {
    const query = loadingQuery(kernel, look).toString();
    const path = `loading/${encodeURIComponent(ref)}`;
    return this._get(query ? `${path}?${query}` : path, signal);
  }

  private _get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this._requests.json(path, { signal });
  }

  private _send<T>(method: string, path: string, body?: object): Promise<T> {
    return this._requests.json(path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body)
    });
  }

  private readonly _requests: Requests;
}
