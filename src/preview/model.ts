import type { TranslationBundle } from '@jupyterlab/translation';

import type { DataHubClient } from '../api/client';
import { CancelledError } from '../api/errors';
import type { Preview } from '../api/models';
import { StateModel } from '../browser/stateModel';
import {
  decodeColours,
  decodePoints,
  lengthOf,
  type Colours,
  type IPoints
} from './decode';

/** What is seen of the preview of a file; a new object after each change. */
export interface IPreviewState {
  readonly facts: Preview | null;
  /** Whether the file is being looked into. */
  readonly busy: boolean;
  /** Why there is no preview. */
  readonly error: unknown;
  readonly points: IPoints | null;
  /** What the points are coloured by, null where all are alike. */
  readonly colours: Colours | null;
  /** What was chosen, and is on its way where `drawing`. */
  readonly embedding: string;
  readonly by: string;
  readonly drawing: boolean;
  /** Why there is no picture, or why it stayed as it was. */
  readonly pictureError: unknown;
}

type Asked = Pick<DataHubClient, 'preview' | 'previewArrays'>;

const NOTHING: IPreviewState = {
  facts: null,
  busy: false,
  error: null,
  points: null,
  colours: null,
  embedding: '',
  by: '',
  drawing: false,
  pictureError: null
};

/** The preview of one file: its facts, then its picture, then its picture by other columns. */
export class PreviewModel extends StateModel<IPreviewState> {
  constructor(
    readonly ref: string,
    private readonly _client: Asked,
    private readonly _trans: TranslationBundle
  ) {
    super(NOTHING);
  }

  override dispose(): void {
    super.dispose();
    this._running?.abort();
  }

  /** Look into the file; where that costs something, each time no more than so many USD. */
  async load(most: number | null = null): Promise<void> {
    this._most = most ?? this._most;
    await this._run({ busy: true, error: null }, 'error', async signal => {
      const facts = await this._client.preview(this.ref, this._most, signal);
      if (signal.aborted) {
        throw new CancelledError();
      }
      const { embedding, by } = facts.picture;
      this._update({ ...NOTHING, facts, embedding, by });
    });
    const { facts, points, error } = this._state;
    if (facts?.picture.embedding && !points && error === null) {
      await this._draw();
    }
  }

  /** Look no further. */
  stop(): void {
    this._running?.abort();
    this._running = null;
    this._update({ busy: false, drawing: false });
  }

  /** Show the cells in another embedding. */
  async chooseEmbedding(embedding: string): Promise<void> {
    this._update({ embedding });
    await this._draw();
  }

  /** Colour the cells by another column, all alike for an empty name. */
  async chooseColumn(by: string): Promise<void> {
    this._update({ by });
    await this._draw();
  }

  /** Get what is chosen and not there yet. */
  private async _draw(): Promise<void> {
    await this._run(
      { drawing: true, pictureError: null },
      'pictureError',
      async signal => {
        const { embedding, by } = this._state;
        const [points, colours] = await Promise.all([
          this._points(embedding, signal),
          this._colours(by, signal)
        ]);
        if (signal.aborted) {
          throw new CancelledError();
        }
        this._check(points, colours);
        this._update({ points, colours });
      }
    );
  }

  private async _points(
    embedding: string,
    signal: AbortSignal
  ): Promise<IPoints> {
    const { points } = this._state;
    return points?.embedding === embedding
      ? points
      : decodePoints(
          await this._client.previewArrays(
            this.ref,
            'points',
            { embedding },
            this._most,
            signal
          ),
          this._trans
        );
  }

  private async _colours(
    by: string,
    signal: AbortSignal
  ): Promise<Colours | null> {
    const { colours } = this._state;
    if (!by || colours?.by === by) {
      return by ? colours : null;
    }
    return decodeColours(
      await this._client.previewArrays(
        this.ref,
        'colours',
        { by },
        this._most,
        signal
      ),
      this._trans
    );
  }

  /** Points and colours of two states of a file do not belong together. */
  private _check(points: IPoints, colours: Colours | null): void {
    const { facts } = this._state;
    if (
      points.key !== facts?.key ||
      (colours &&
        (colours.key !== points.key || lengthOf(colours) !== points.xs.length))
    ) {
      throw new Error(
        this._trans.__(
          'The file has changed while it was read. Preview it again.'
        )
      );
    }
  }

  /** Do something in place of what is under way; keep why it failed. */
  private async _run(
    begun: Partial<IPreviewState>,
    failed: 'error' | 'pictureError',
    action: (signal: AbortSignal) => Promise<void>
  ): Promise<void> {
    this._running?.abort();
    const running = (this._running = new AbortController());
    this._update(begun);
    try {
      await action(running.signal);
    } catch (error) {
      if (running === this._running && !(error instanceof CancelledError)) {
        this._update({ [failed]: error });
      }
    } finally {
      if (running === this._running) {
        this._update({ busy: false, drawing: false });
      }
    }
  }

  private _most: number | null = null;
  private _running: AbortController | null = null;
}
