import { Debouncer } from '@lumino/polling';
import { Signal, type ISignal } from '@lumino/signaling';

import { CancelledError } from '../api/errors';
import type { GraphAnswer, GraphEndpoint, GraphType } from '../api/models';
import { StateModel } from '../browser/stateModel';
import type { IDataHub } from '../tokens';
import { withNewest, type IQuestion, type KeptQuestions } from './kept';
import { Schema } from './schema';

/** Milliseconds after the last key before what is typed is kept. */
const KEEP = 500;

/** What the panel shows; a new object after each change. */
export interface IGraphState {
  readonly endpoints: readonly GraphEndpoint[];
  /** Where questions go; empty: the first of them. */
  readonly endpoint: string;
  /** null before it is known, and where it cannot be had. */
  readonly schema: Schema | null;
  /** The types of records, as the data dictionary describes them. */
  readonly types: readonly GraphType[];
  readonly loading: boolean;
  /** Why there is no schema. */
  readonly schemaError: unknown;
  readonly variables: string;
  /** Whether what stands in the field of the variables is no object of JSON. */
  readonly wrongVariables: boolean;
  /** What was asked last, the newest first. */
  readonly last: readonly IQuestion[];
  readonly running: boolean;
  /** Seconds that an answer has been waited for. */
  readonly waited: number;
  /** The answer to the last question, null before and where it failed. */
  readonly answer: GraphAnswer | null;
  /** Why there is no answer. */
  readonly error: unknown;
  /** Whether the last question was called off. */
  readonly cancelled: boolean;
}

const BEGINNING: IGraphState = {
  endpoints: [],
  endpoint: '',
  schema: null,
  types: [],
  loading: true,
  schemaError: null,
  variables: '',
  wrongVariables: false,
  last: [],
  running: false,
  waited: 0,
  answer: null,
  error: null,
  cancelled: false
};

/** Questions to one commons, and their answers. */
export class GraphModel extends StateModel<IGraphState> {
  constructor(
    readonly source: string,
    private readonly _hub: Pick<IDataHub, 'client' | 'connections'>,
    private readonly _kept: KeptQuestions
  ) {
    super(BEGINNING);
    this._connected = this._isConnected();
    _hub.connections.changed.connect(this._onConnections, this);
  }

  /** The text of the editor is to be another one. */
  get replaced(): ISignal<this, string> {
    return this._replaced;
  }

  /** The question as it is typed. */
  get query(): string {
    return this._query;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      void this._keep();
      super.dispose();
      this._keeping.dispose();
      this._asking?.abort();
      this._reading?.abort();
      window.clearInterval(this._clock);
      this._hub.connections.changed.disconnect(this._onConnections, this);
    }
  }

  /** Bring back what was typed, and read the schema. */
  async start(): Promise<void> {
    const { draft, last } = await this._kept.fetch();
    const before = draft ?? last[0];
    this._update({
      last,
      variables: before?.variables ?? '',
      endpoint: before?.endpoint ?? ''
    });
    if (before && !this._query) {
      this.replace(before.query);
    }
    await this.readSchema();
  }

  /** Ask what can be asked, again where that failed. */
  async readSchema(): Promise<void> {
    this._reading?.abort();
    const reading = (this._reading = new AbortController());
    this._update({ loading: true, schemaError: null });
    try {
      const { endpoints, endpoint, schema, types } =
        await this._hub.client.graphSchema(
          this.source,
          this._state.endpoint,
          reading.signal
        );
      this._update({
        endpoints,
        endpoint,
        types,
        schema: new Schema(schema),
        loading: false
      });
    } catch (error) {
      if (reading === this._reading && !(error instanceof CancelledError)) {
        this._update({ schemaError: error, loading: false });
      }
    }
  }

  /** Ask somewhere else from now on. */
  async setEndpoint(endpoint: string): Promise<void> {
    this._update({ endpoint, schema: null, types: [] });
    void this._keeping.invoke();
    await this.readSchema();
  }

  /** Note what is in the editor. */
  type(query: string): void {
    this._query = query;
    void this._keeping.invoke();
  }

  /** Put another question into the editor. */
  replace(query: string): void {
    this.type(query);
    this._replaced.emit(query);
  }

  setVariables(variables: string): void {
    this._update({ variables, wrongVariables: false });
    void this._keeping.invoke();
  }

  /** Bring a question back that was asked before. */
  async recall({ query, variables, endpoint }: IQuestion): Promise<void> {
    this._update({ variables, wrongVariables: false });
    this.replace(query);
    if (endpoint && endpoint !== this._state.endpoint) {
      await this.setEndpoint(endpoint);
    }
  }

  /** Ask what is in the editor; a question that still runs is called off. */
  async run(): Promise<void> {
    const { endpoint } = this._state;
    const question = {
      query: this._query,
      variables: this._state.variables,
      endpoint
    };
    const variables = objectOf(question.variables);
    if (variables === null) {
      this._update({ wrongVariables: true });
      return;
    }
    if (!question.query.trim()) {
      return;
    }
    this._asking?.abort();
    const asking = (this._asking = new AbortController());
    this._update({
      running: true,
      cancelled: false,
      error: null,
      waited: 0,
      last: withNewest(this._state.last, question)
    });
    void this._keep();
    this._startClock();
    try {
      const answer = await this._hub.client.askGraph(
        this.source,
        { query: question.query, variables, endpoint },
        asking.signal
      );
      if (asking === this._asking) {
        this._stop({ answer });
      }
    } catch (error) {
      if (asking === this._asking) {
        const cancelled = error instanceof CancelledError;
        this._stop(cancelled ? { cancelled } : { error, answer: null });
      }
    }
  }

  /** Wait for no answer any more. */
  cancel(): void {
    this._asking?.abort();
  }

  private _startClock(): void {
    window.clearInterval(this._clock);
    this._clock = window.setInterval(
      () => this._update({ waited: this._state.waited + 1 }),
      1000
    );
  }

  private _stop(change: Partial<IGraphState>): void {
    window.clearInterval(this._clock);
    this._update({ running: false, ...change });
  }

  private _onConnections(): void {
    const before = this._connected;
    this._connected = this._isConnected();
    // Somebody who is let in now may know more of the schema.
    if (this._connected && !before) {
      this._update({ error: null });
      void this.readSchema();
    }
  }

  private _isConnected(): boolean {
    return this._hub.connections.find(this.source)?.state === 'connected';
  }

  private async _keep(): Promise<void> {
    const { last, variables, endpoint } = this._state;
    await this._kept.save({
      draft: { query: this._query, variables, endpoint },
      last
    });
  }

  private _query = '';
  private _connected: boolean;
  private _reading: AbortController | null = null;
  private _asking: AbortController | null = null;
  private _clock = 0;
  private readonly _keeping = new Debouncer(() => this._keep(), KEEP);
  private readonly _replaced = new Signal<this, string>(this);
}

/** An object written as JSON, an empty one for an empty text, null where it is none. */
function objectOf(text: string): { [name: string]: unknown } | null {
  if (!text.trim()) {
    return {};
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { [name: string]: unknown })
      : null;
  } catch {
    return null;
  }
}
