import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { CancelledError, fromResponse, unreachable } from './errors';
import type {
  CellReply,
  CellRequest,
  DatasetPage,
  LibraryListing,
  SearchResult,
  SourceStatus,
  Transfer
} from './models';

export type TransferAction = 'pause' | 'resume' | 'cancel' | 'retry';

/**
 * The REST interface of the server extension, typed.
 *
 * Every method throws `DataHubError` when the server or a catalog says no, and
 * `CancelledError` when its signal was aborted.
 */
export class DataHubClient {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _settings: ServerConnection.ISettings = ServerConnection.makeSettings()
  ) {}

  async sources(signal?: AbortSignal): Promise<SourceStatus[]> {
    const answer = await this._get<{ sources: SourceStatus[] }>(
      'sources',
      signal
    );
    return answer.sources;
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

  async transfers(signal?: AbortSignal): Promise<Transfer[]> {
    const answer = await this._get<{ transfers: Transfer[] }>(
      'transfers',
      signal
    );
    return answer.transfers;
  }

  /**
   * Queue the file of a dataset (or one asset).
   *
   * @param directory - Folder for the named link, relative to the server's root; the
   * server's own choice where it is empty.
   */
  addTransfer(ref: string, directory = ''): Promise<Transfer> {
    return this._send(
      'POST',
      'transfers',
      directory ? { ref, directory } : { ref }
    );
  }

  changeTransfer(id: string, action: TransferAction): Promise<Transfer> {
    return this._send('PATCH', `transfers/${encodeURIComponent(id)}`, {
      action
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

  private _get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this._request(path, { signal });
  }

  private _send<T>(method: string, path: string, body?: object): Promise<T> {
    return this._request(path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body)
    });
  }

  private async _request<T>(path: string, init: RequestInit): Promise<T> {
    const url = URLExt.join(this._settings.baseUrl, 'datahub', path);
    let response: Response;
    let text: string;
    try {
      response = await ServerConnection.makeRequest(url, init, this._settings);
      text = await response.text();
    } catch (error) {
      throw init.signal?.aborted
        ? new CancelledError()
        : unreachable(this._trans, error);
    }
    if (!response.ok) {
      throw fromResponse(this._trans, response, text);
    }
    return (text ? JSON.parse(text) : undefined) as T;
  }
}
