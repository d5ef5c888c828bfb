/** The server and the demo hub behind the page, as tests ask and change them. */
import { expect } from '@jupyterlab/galata';
import type { APIRequestContext, APIResponse } from '@playwright/test';

import { readFileSync } from 'node:fs';

export const TOKEN = 'ui-tests';
const FIRST = Number(process.env.DATAHUB_UI_TESTS_PORT ?? '8898');
const WORKERS = Number(process.env.DATAHUB_UI_TESTS_WORKERS ?? '1');
// As playwright.config.js hands the ports out.
const PORT = FIRST + 2 * Number(process.env.TEST_PARALLEL_INDEX ?? '0');
export const ORIGIN = `http://127.0.0.1:${PORT}`;
export const ME = `${ORIGIN}/user/me`;
export const MANY = `http://127.0.0.1:${FIRST + 2 * WORKERS}/user/many`;

export interface IConnection {
  name: string;
  url: string;
  state: string;
  method: string;
  expires: string;
  editable: boolean;
}

/** One thing that goes wrong at the demo hub, as its controls read it. */
export interface IFault {
  kind: string;
  host?: 'api' | 'assets' | 'openbis' | 'gen3' | 'hca' | 'tissue-atlas';
  path?: string;
  rate?: number;
  seconds?: number;
  status?: number;
  times?: number;
}

/** What of the demo's openBIS no client can change, as its controls read it. */
export interface IStoreChange {
  /** End all sessions. */
  expire?: boolean;
  /** Take all personal access tokens back. */
  revoke?: boolean;
  /** Put these datasets into the archive, by permId. */
  archive?: string[];
  archiving_seconds?: number;
}

/** The demo's commons, as its hub tells of it. */
export interface ICommons {
  url: string;
  host: string;
  user: string;
  /** The file with this user's key. */
  credentials: string;
  program: string;
  project: string;
  secret_project: string;
}

/** The server and the demo hub behind the page. */
export class Backstage {
  constructor(private readonly _request: APIRequestContext) {}

  /** Let these things go wrong, and nothing else. */
  async faults(...add: IFault[]): Promise<void> {
    const response = await this._request.post(
      `http://127.0.0.1:${PORT + 1}/_faults`,
      { data: { clear: true, add } }
    );
    expect(response.status(), await response.text()).toBe(200);
  }

  /** How many requests for files the asset host has answered since `forgetRequests`. */
  async fileRequests(): Promise<number> {
    const response = await this._request.get(
      `http://127.0.0.1:${PORT + 1}/_requests`
    );
    const { requests } = (await response.json()) as {
      requests: { method: string; path: string }[];
    };
    return requests.filter(
      ({ method, path }) => method === 'GET' && path.endsWith('.h5ad')
    ).length;
  }

  /** How many requests had this in their address since `forgetRequests`. */
  async requestsFor(text: string): Promise<number> {
    const response = await this._request.get(
      `http://127.0.0.1:${PORT + 1}/_requests`
    );
    const { requests } = (await response.json()) as {
      requests: { path: string }[];
    };
    return requests.filter(({ path }) => path.includes(text)).length;
  }

  /** How many stalled answers, with this in their address, the client did not wait for. */
  async abandoned(text: string): Promise<number> {
    const response = await this._request.get(
      `http://127.0.0.1:${PORT + 1}/_requests`
    );
    const { requests } = (await response.json()) as {
      requests: { path: string; left: boolean }[];
    };
    return requests.filter(({ path, left }) => left && path.includes(text))
      .length;
  }

  async forgetRequests(): Promise<void> {
    await this._request.delete(`http://127.0.0.1:${PORT + 1}/_requests`);
  }

  /** A personal access token of the demo's Synapse. */
  async synapseToken(): Promise<string> {
    const response = await this._request.get(
      `http://127.0.0.1:${PORT + 1}/_services`
    );
    const { synapse } = (await response.json()) as {
      synapse: { token: string };
    };
    return synapse.token;
  }

  /** Ask the server for something, as its owner. */
  async api<T>(method: string, path: string, data?: object): Promise<T> {
    const response = await this._ask(method, path, data);
    const text = await response.text();
    expect(response.ok(), `${method} ${path}: ${text}`).toBe(true);
    return (text ? JSON.parse(text) : null) as T;
  }

  /** No faults, no transfers, an empty library, the catalog as it was. */
  async reset(): Promise<void> {
    await this.faults();
    const { transfers } = await this.api<{ transfers: { id: string }[] }>(
      'GET',
      'datahub/transfers'
    );
    for (const { id } of transfers) {
      await this.api('DELETE', `datahub/transfers/${id}`);
    }
    const { items } = await this.api<{ items: { sha256: string }[] }>(
      'GET',
      'datahub/library'
    );
    for (const { sha256 } of items) {
      await this.api('DELETE', `datahub/library/${sha256}`);
    }
    await expect
      .poll(async () => {
        const answer = await this.api<{
          sources: { live: boolean; state: string }[];
        }>('GET', 'datahub/sources');
        return answer.sources
          .filter(({ live }) => !live)
          .map(({ state }) => state);
      })
      .toEqual(['ready', 'ready', 'ready']);
    for (const { name, state, editable } of await this.connections()) {
      if (editable) {
        await this.api('DELETE', `datahub/connections/${name}`);
      } else if (state !== 'disconnected') {
        await this.api('PATCH', `datahub/connections/${name}`, {
          action: 'disconnect'
        });
      }
    }
  }

  async connections(): Promise<IConnection[]> {
    const { connections } = await this.api<{ connections: IConnection[] }>(
      'GET',
      'datahub/connections'
    );
    return connections;
  }

  /** The connection to the demo's openBIS. */
  async openbis(): Promise<IConnection> {
    return (await this.connections()).find(({ name }) => name === 'openbis')!;
  }

  /** Change what no client of openBIS can; gives how many access tokens there are. */
  async store(change: IStoreChange = {}): Promise<number> {
    const { url } = await this.openbis();
    const response = await this._request.post(`${url}/_openbis`, {
      data: change
    });
    expect(response.status(), await response.text()).toBe(200);
    return ((await response.json()) as { tokens: number }).tokens;
  }

  /** An openBIS whose certificate nobody has signed, and where that certificate is. */
  async secure(): Promise<{ url: string; ca_bundle: string }> {
    const response = await this._request.get(
      `http://127.0.0.1:${PORT + 1}/_tls`
    );
    return (await response.json()) as { url: string; ca_bundle: string };
  }

  /** Where the demo's commons is, and the keys of two of its users. */
  async commons(): Promise<ICommons> {
    const response = await this._request.get(
      `http://127.0.0.1:${PORT + 1}/_gen3`
    );
    return (await response.json()) as ICommons;
  }

  /** Let us in at the demo's commons. */
  async connectCommons(): Promise<ICommons> {
    const commons = await this.commons();
    await this.api('PUT', 'datahub/connections/gen3', {
      url: commons.url,
      key: readFileSync(commons.credentials, 'utf-8')
    });
    return commons;
  }

  /** Let us in at the demo's openBIS. */
  async connect(user = 'scientist'): Promise<void> {
    const { url } = await this.openbis();
    await this.api('PUT', 'datahub/connections/openbis', {
      url,
      user,
      password: `demo-${user}`
    });
  }

  /** End all kernels, and see that none is left. */
  async endSessions(): Promise<void> {
    await expect(async () => {
      const sessions = await this.api<{ id: string }[]>('GET', 'api/sessions');
      for (const { id } of sessions) {
        // Jupyter Server fails where a kernel is just starting or ending: it is asked again.
        await this._ask('DELETE', `api/sessions/${id}`);
      }
      expect(await this.api('GET', 'api/sessions')).toEqual([]);
    }).toPass({ timeout: 30_000 });
  }

  private async _ask(
    method: string,
    path: string,
    data?: object
  ): Promise<APIResponse> {
    return this._request.fetch(`${ME}/${path}`, {
      method,
      data,
      headers: { Authorization: `token ${TOKEN}` }
    });
  }
}
