import type { IStateDB } from '@jupyterlab/statedb';

/** Questions that are kept of one connection. */
const MOST = 20;
/** Characters of a question that is kept. */
const LONGEST = 20_000;

/** A question as it is typed; `variables` is JSON, empty where there are none. */
export interface IQuestion {
  readonly query: string;
  readonly variables: string;
  readonly endpoint: string;
}

/** What is kept of a connection: what is being typed, and what was asked last. */
export interface IKept {
  readonly draft: IQuestion | null;
  /** The newest first. */
  readonly last: readonly IQuestion[];
}

const NOTHING: IKept = { draft: null, last: [] };

/** The questions to one connection, kept from one session to the next. */
export class KeptQuestions {
  /**
   * @param db - Where they are kept; null: nowhere.
   */
  constructor(
    private readonly _db: IStateDB | null,
    source: string
  ) {
    this._key = `jupyterlab-datahub:graphql:${source}`;
  }

  async fetch(): Promise<IKept> {
    const kept = await this._db?.fetch(this._key).catch(() => undefined);
    if (!isRecord(kept)) {
      return NOTHING;
    }
    return {
      draft: isQuestion(kept.draft) ? kept.draft : null,
      last: Array.isArray(kept.last)
        ? kept.last.filter(isQuestion).slice(0, MOST)
        : []
    };
  }

  async save({ draft, last }: IKept): Promise<void> {
    const fits = ({ query, variables }: IQuestion): boolean =>
      query.length + variables.length <= LONGEST;
    const value = {
      draft: draft && fits(draft) ? { ...draft } : null,
      last: last.filter(fits).map(each => ({ ...each }))
    };
    await this._db?.save(this._key, value);
  }

  private readonly _key: string;
}

/** Put a question in front of the others, where it was among them or not. */
export function withNewest(
  last: readonly IQuestion[],
  question: IQuestion
): readonly IQuestion[] {
  const same = (other: IQuestion): boolean =>
    other.query.trim() === question.query.trim() &&
    other.variables.trim() === question.variables.trim() &&
    other.endpoint === question.endpoint;
  return [question, ...last.filter(each => !same(each))].slice(0, MOST);
}

function isQuestion(value: unknown): value is IQuestion {
  return (
    isRecord(value) &&
    typeof value.query === 'string' &&
    typeof value.variables === 'string' &&
    typeof value.endpoint === 'string'
  );
}

function isRecord(
  value: unknown
): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}
