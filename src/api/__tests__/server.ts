import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';

import { DataHubClient } from '../client';

export const trans = nullTranslator.load('jupyterlab_datahub');

/** A request that waits for its answer. */
export class PendingRequest {
  constructor(
    readonly request: Request,
    readonly body: string,
    private readonly _resolve: (response: Response) => void
  ) {}

  get url(): URL {
    return new URL(this.request.url);
  }

  /** What was asked: method and path below the extension's root. */
  get route(): string {
    const path = this.url.pathname.replace(/^.*\/datahub\//, '');
    return `${this.request.method} ${path}`;
  }

  async answer(document: unknown, status = 200): Promise<void> {
    const text =
      typeof document === 'string' ? document : JSON.stringify(document);
    this._resolve(new Response(text, { status }));
    await settle();
  }
}

/** Let all promises that can go on go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await Promise.resolve();
  }
}

/**
 * A server whose answers the test gives, one by one or by a rule.
 */
export class FakeServer {
  /** Requests that wait, in the order they came. */
  readonly pending: PendingRequest[] = [];

  /** Answers at once where it gives something. */
  rule: (request: PendingRequest) => unknown = () => undefined;

  readonly client = new DataHubClient(
    trans,
    ServerConnection.makeSettings({
      baseUrl: 'http://localhost/user/me/',
      fetch: (input: RequestInfo | URL, init?: RequestInit) =>
        this._fetch(input as Request, init)
    })
  );

  /** Take the oldest request that waits. */
  next(): PendingRequest {
    const request = this.pending.shift();
    if (!request) {
      throw new Error('nothing was asked');
    }
    return request;
  }

  private async _fetch(input: Request, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    const body = request.method === 'GET' ? '' : await request.text();
    return new Promise((resolve, reject) => {
      const pending = new PendingRequest(request, body, resolve);
      request.signal.addEventListener('abort', () => {
        reject(new DOMException('aborted', 'AbortError'));
      });
      const answer = this.rule(pending);
      if (answer === undefined) {
        this.pending.push(pending);
      } else {
        resolve(new Response(JSON.stringify(answer)));
      }
    });
  }
}
