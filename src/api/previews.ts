import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { imageRoute, limitOf } from './imageRoute';
import type {
  ColumnValues,
  GeneName,
  ImageFacts,
  ImageTables,
  MemberListing,
  Preview,
  Selection,
  SelectionEstimate,
  Thumbnail
} from './models';
import { Requests } from './request';

/** What can be asked of a file that is not here: what is in it, and what of it is chosen. */
export class PreviewClient {
  constructor(
    trans: TranslationBundle,
    settings: ServerConnection.ISettings = ServerConnection.makeSettings()
  ) {
    this.requests = new Requests(trans, settings);
  }

  /** What an image says of itself, of which only small parts are fetched; see `imageRoute`. */
  image(
    ref: string,
    most: number | null,
    signal?: AbortSignal
  ): Promise<ImageFacts> {
    return this.get(imageRoute(ref, most), signal);
  }

  /** A small picture of a channel of an image. */
  thumbnail(
    ref: string,
    channel: number,
    most: number | null,
    signal?: AbortSignal
  ): Promise<Thumbnail> {
    return this.get(imageRoute(ref, most, channel), signal);
  }

  /** The tables of cells around an image, of which one may have been measured in it. */
  imageTables(ref: string): Promise<ImageTables> {
    return this.get(`images/${encodeURIComponent(ref)}/tables`);
  }

  /** What can be known of a file without having it. */
  preview(
    ref: string,
    most: number | null,
    signal?: AbortSignal
  ): Promise<Preview> {
    const query = new URLSearchParams(limitOf(most)).toString();
    const path = `previews/${encodeURIComponent(ref)}`;
    return this.get(query ? `${path}?${query}` : path, signal);
  }

  /** What is in an archive or a MuData, without having it. */
  members(
    ref: string,
    most: number | null,
    signal?: AbortSignal
  ): Promise<MemberListing> {
    const query = new URLSearchParams(limitOf(most)).toString();
    const path = `members/${encodeURIComponent(ref)}`;
    return this.get(query ? `${path}?${query}` : path, signal);
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
    return this.requests.bytes(`${path}?${query}`, { signal });
  }

  /** How many cells and genes a selection of a file has, and what it costs. */
  selection(
    ref: string,
    selection: Selection,
    signal?: AbortSignal
  ): Promise<SelectionEstimate> {
    return this.requests.json(`previews/${encodeURIComponent(ref)}/selection`, {
      method: 'POST',
      body: JSON.stringify(selection),
      signal
    });
  }

  /** Which points of a preview's picture a selection has, packed. */
  selectionPoints(
    ref: string,
    selection: Selection,
    embedding: string,
    signal?: AbortSignal
  ): Promise<ArrayBuffer> {
    const query = new URLSearchParams({ embedding }).toString();
    return this.requests.bytes(
      `previews/${encodeURIComponent(ref)}/selection/points?${query}`,
      { method: 'POST', body: JSON.stringify(selection), signal }
    );
  }

  /** Values of a column of obs that have a text in them, the most frequent first. */
  columnValues(
    ref: string,
    column: string,
    find: string,
    signal?: AbortSignal
  ): Promise<ColumnValues> {
    const query = new URLSearchParams({ column, find, limit: '20' }).toString();
    return this.get(
      `previews/${encodeURIComponent(ref)}/values?${query}`,
      signal
    );
  }

  /** Genes of a file whose names or symbols have a text in them. */
  async genes(
    ref: string,
    find: string,
    signal?: AbortSignal
  ): Promise<readonly GeneName[]> {
    const query = new URLSearchParams({ find, limit: '20' }).toString();
    const path = `previews/${encodeURIComponent(ref)}/genes?${query}`;
    return (await this.get<{ genes: GeneName[] }>(path, signal)).genes;
  }

  protected get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.requests.json(path, { signal });
  }

  protected send<T>(method: string, path: string, body?: object): Promise<T> {
    return this.requests.json(path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body)
    });
  }

  protected readonly requests: Requests;
}
