import { loadingPath, type IKernelState } from '../loading/kernel';
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
  KernelProbe,
  LibraryListing,
  LoadOptions,
  NodePage,
  NotebookRequest,
  Owner,
  ProvenanceReport,
  SaveForm,
  SaveRequest,
  SearchResult,
  SourceStatus,
  Transfer,
  TransferRequest
} from './models';
import { PreviewClient } from './previews';

export type ConnectionAction = 'check' | 'disconnect';
export type TransferAction = 'pause' | 'resume' | 'cancel' | 'retry';

/**
 * The REST interface of the server extension, typed.
 *
 * Every method throws `DataHubError` when the server or a catalog says no, and
 * `CancelledError` when its signal was aborted.
 */
export class DataHubClient extends PreviewClient {
  async sources(signal?: AbortSignal): Promise<SourceStatus[]> {
    type Answer = { sources: SourceStatus[] };
    return (await this.get<Answer>('sources', signal)).sources;
  }

  /**
   * Ask for the catalog of a Source anew; the answer says that it has begun.
   */
  refresh(source: string): Promise<SourceStatus> {
    return this.send('POST', `sources/${encodeURIComponent(source)}/refresh`);
  }

  search(params: URLSearchParams, signal?: AbortSignal): Promise<SearchResult> {
    return this.get(`search?${params.toString()}`, signal);
  }

  dataset(ref: string, signal?: AbortSignal): Promise<DatasetPage> {
    return this.get(`datasets/${encodeURIComponent(ref)}`, signal);
  }

  async transfers(signal?: AbortSignal): Promise<Transfer[]> {
    const answer = await this.get<{ transfers: Transfer[] }>(
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
    return this.send('POST', 'transfers', { ...request, max_usd: limit });
  }

  /** Files of a group that failed, the first of them. */
  failedMembers(id: string, limit: number): Promise<GroupPage> {
    return this.get(
      `transfers/${encodeURIComponent(id)}/members?state=failed&limit=${limit}`
    );
  }

  changeTransfer(
    id: string,
    action: TransferAction,
    limit?: number
  ): Promise<Transfer> {
    return this.send('PATCH', `transfers/${encodeURIComponent(id)}`, {
      action,
      max_usd: limit
    });
  }

  /**
   * Take a transfer off the list; one that still runs is cancelled first.
   */
  async removeTransfer(id: string): Promise<void> {
    await this.send('DELETE', `transfers/${encodeURIComponent(id)}`);
  }

  library(signal?: AbortSignal): Promise<LibraryListing> {
    return this.get('library', signal);
  }

  removeFromLibrary(sha256: string): Promise<LibraryListing> {
    return this.send('DELETE', `library/${encodeURIComponent(sha256)}`);
  }

  cells(
    request: Pick<CellRequest, 'ref'> & Partial<CellRequest>
  ): Promise<CellReply> {
    return this.send('POST', 'cells', request);
  }

  /** All connections, and the kinds of stores that one can connect to. */
  connections(signal?: AbortSignal): Promise<ConnectionList> {
    return this.get('connections', signal);
  }

  /** Let us in at a store; one of a new name is made. Nothing is kept where that fails. */
  connect(name: string, request: ConnectionRequest): Promise<Connection> {
    return this.send('PUT', `connections/${encodeURIComponent(name)}`, request);
  }

  changeConnection(
    name: string,
    action: ConnectionAction
  ): Promise<Connection> {
    return this.send('PATCH', `connections/${encodeURIComponent(name)}`, {
      action
    });
  }

  async removeConnection(name: string): Promise<Connection[]> {
    const answer = await this.send<{ connections: Connection[] }>(
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
    return this.get(
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
    return this.get(
      `sources/${encodeURIComponent(source)}/search?${params.toString()}`,
      signal
    );
  }

  /** Ask a store to bring the files of a dataset back from its archive. */
  async unarchive(ref: string): Promise<void> {
    await this.send('POST', `datasets/${encodeURIComponent(ref)}/unarchive`);
  }

  /** What a store wants to know of a notebook that is saved to it. */
  saveForm(source: string, signal?: AbortSignal): Promise<SaveForm> {
    return this.get(`saves/${encodeURIComponent(source)}/form`, signal);
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
    const answer = await this.get<{ owners: Owner[] }>(
      `saves/${encodeURIComponent(source)}/owners?${params.toString()}`,
      signal
    );
    return answer.owners;
  }

  /** Queue a notebook, as it is on the disk, to be saved to a store. */
  save(request: SaveRequest): Promise<Transfer> {
    return this.send('POST', 'saves', request);
  }

  /** Make a notebook that begins with datasets, or a copy of a saved one; gives its path. */
  async makeNotebook(request: NotebookRequest): Promise<string> {
    const answer = await this.send<{ path: string }>(
      'POST',
      'notebooks',
      request
    );
    return answer.path;
  }

  /** How the inputs that a notebook's metadata names stand today. */
  provenance(metadata: object): Promise<ProvenanceReport> {
    return this.send('POST', 'provenance', { metadata });
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
    return this.get(
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
    return this.requests.json(`graphql/${encodeURIComponent(source)}`, {
      method: 'POST',
      body: JSON.stringify(question),
      signal
    });
  }

  /** The picture that an identifier names, as the server fetched it from its host. */
  picture(ref: string, signal?: AbortSignal): Promise<Blob> {
    const path = `pictures/${encodeURIComponent(ref)}`;
    return this.requests.blob(path, { signal });
  }

  /** What to ask a kernel for its free memory. */
  kernelProbe(language: string): Promise<KernelProbe> {
    return this.get(`kernel-probe?language=${encodeURIComponent(language)}`);
  }

  /** The ways to load a file into a kernel; see `loadingPath`. */
  loadOptions(
    ref: string,
    kernel: IKernelState | null,
    look: boolean,
    signal?: AbortSignal
  ): Promise<LoadOptions> {
    return this.get(loadingPath(ref, kernel, look), signal);
  }
}
