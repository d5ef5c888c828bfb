import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { CancelledError, fromResponse, unreachable } from './errors';

/** How the server extension is asked. */
export class Requests {
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _settings: ServerConnection.ISettings
  ) {}

  /** Ask for a document. */
  async json<T>(path: string, init: RequestInit): Promise<T> {
    const text = await this._read(path, init, response => response.text());
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** Ask for numbers as they are in memory. */
  bytes(path: string, init: RequestInit): Promise<ArrayBuffer> {
    return this._read(path, init, response => response.arrayBuffer());
  }

  /** Ask for a file. */
  blob(path: string, init: RequestInit): Promise<Blob> {
    return this._read(path, init, response => response.blob());
  }

  /**
   * Throws `DataHubError` where the answer is no, and `CancelledError` after an abort.
   */
  private async _read<T>(
    path: string,
    init: RequestInit,
    read: (response: Response) => Promise<T>
  ): Promise<T> {
    const url = URLExt.join(this._settings.baseUrl, 'datahub', path);
    let response: Response;
    let text: string;
    try {
      response = await ServerConnection.makeRequest(url, init, this._settings);
      if (response.ok) {
        return await read(response);
      }
      text = await response.text();
    } catch (error) {
      throw init.signal?.aborted
        ? new CancelledError()
        : unreachable(this._trans, error);
    }
    throw fromResponse(this._trans, response, text);
  }
}
