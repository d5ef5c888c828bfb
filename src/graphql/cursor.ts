import type { IArgument, IField, IType, Schema } from './schema';

/** What can be written at a place of a question. */
export type Place =
  | { readonly kind: 'document' }
  | { readonly kind: 'fields'; readonly type: IType }
  | {
      readonly kind: 'arguments';
      readonly all: ReadonlyMap<string, IArgument>;
      /** Those that are there already. */
      readonly given: ReadonlySet<string>;
    }
  | {
      readonly kind: 'value';
      readonly type: string;
      /** Names of the variables of the question. */
      readonly variables: readonly string[];
    }
  | { readonly kind: 'conditions' }
  | { readonly kind: 'inputs' };

interface ISelection {
  readonly kind: 'selection';
  readonly type: IType | null;
  field: IField | null;
  /** What follows three dots: "on", then the name of a type. */
  spread: 'none' | 'begun' | 'on' | 'named';
  narrowed: IType | null;
}

interface IGiven {
  readonly kind: 'arguments';
  readonly all: ReadonlyMap<string, IArgument>;
  readonly given: Set<string>;
  argument: IArgument | null;
  value: boolean;
}

interface IList {
  readonly kind: 'list';
  readonly type: string;
}

interface IVariables {
  readonly kind: 'variables';
  type: boolean;
}

type Frame = ISelection | IGiven | IList | IVariables;

const TOKEN =
  /#[^\n]*|"""[\s\S]*?(?:"""|$)|"(?:\\.|[^"\\\n])*(?:"|$|(?=\n))|\.\.\.|\$?[A-Za-z_]\w*|-?\d[\w.+-]*|[{}()[\]:!=@|&$]/g;

const NO_ARGUMENTS: ReadonlyMap<string, IArgument> = new Map();

/**
 * Find out what can be written at the end of a text; null inside of strings and comments, and
 * where the schema knows nothing.
 *
 * @param before - The text up to the word that is being typed.
 */
export function placeAfter(schema: Schema, before: string): Place | null {
  const reader = new Reader(schema);
  let last = '';
  for (const { 0: token } of before.matchAll(TOKEN)) {
    last = token;
    reader.read(token);
  }
  const open =
    last !== '' &&
    before.endsWith(last) &&
    (last.startsWith('#') || isUnclosed(last));
  return open ? null : reader.place();
}

function isUnclosed(token: string): boolean {
  if (token.startsWith('"""')) {
    return token.length < 6 || !token.endsWith('"""');
  }
  return token.startsWith('"') && !/^"(?:\\.|[^"\\])*"$/.test(token);
}

/** Goes through a question from its beginning, and knows where it is. */
class Reader {
  constructor(private readonly _schema: Schema) {}

  read(token: string): void {
    if (token.startsWith('#')) {
      return;
    }
    const frame = this._frames[this._frames.length - 1];
    if (!frame) {
      this._readOutside(token);
    } else if (frame.kind === 'selection') {
      this._readField(frame, token);
    } else if (frame.kind === 'variables') {
      this._readVariable(frame, token);
    } else {
      this._readValue(frame, token);
    }
  }

  place(): Place | null {
    const frame = this._frames[this._frames.length - 1];
    if (!frame) {
      return this._narrowed === 'on'
        ? { kind: 'conditions' }
        : { kind: 'document' };
    }
    switch (frame.kind) {
      case 'selection':
        if (frame.spread === 'on') {
          return { kind: 'conditions' };
        }
        return frame.type ? { kind: 'fields', type: frame.type } : null;
      case 'variables':
        return frame.type ? { kind: 'inputs' } : null;
      case 'list':
        return this._value(frame.type);
      case 'arguments':
        if (frame.value) {
          return frame.argument ? this._value(frame.argument.type) : null;
        }
        return { kind: 'arguments', all: frame.all, given: frame.given };
    }
  }

  private _value(type: string): Place {
    return { kind: 'value', type, variables: [...this._variables] };
  }

  private _readOutside(token: string): void {
    if (token === '{') {
      const type =
        this._narrowed === null
          ? this._schema.root
          : this._schema.type(this._narrowed);
      this._select(type);
      this._narrowed = null;
    } else if (token === '(') {
      this._frames.push({ kind: 'variables', type: false });
    } else if (token === 'query') {
      this._variables.clear();
    } else if (token === 'on') {
      this._narrowed = 'on';
    } else if (this._narrowed === 'on') {
      this._narrowed = token;
    }
  }

  private _readField(frame: ISelection, token: string): void {
    if (token === '{') {
      const { field, narrowed, spread } = frame;
      const next = field ? this._schema.type(field.type) : frame.type;
      const known = field !== null || spread !== 'none';
      this._select(narrowed ?? (known ? next : null));
      this._forget(frame);
    } else if (token === '}') {
      this._frames.pop();
    } else if (token === '(') {
      this._give(frame.field?.arguments ?? NO_ARGUMENTS);
    } else if (token === '...') {
      this._forget(frame);
      frame.spread = 'begun';
    } else if (token === ':') {
      // The name in front of it was another name of the field that follows.
      frame.field = null;
    } else if (frame.spread === 'begun') {
      frame.spread = token === 'on' ? 'on' : 'none';
    } else if (frame.spread === 'on') {
      frame.narrowed = this._schema.type(token);
      frame.spread = 'named';
    } else if (/^[A-Za-z_]/.test(token)) {
      this._forget(frame);
      frame.field = frame.type?.fields.get(token) ?? null;
    }
  }

  private _readVariable(frame: IVariables, token: string): void {
    if (token === ')') {
      this._frames.pop();
    } else if (token.startsWith('$')) {
      this._variables.add(token);
      frame.type = false;
    } else if (token === ':') {
      frame.type = true;
    } else if (token !== '[') {
      frame.type = false;
    }
  }

  private _readValue(frame: IGiven | IList, token: string): void {
    const type = frame.kind === 'list' ? frame.type : frame.argument?.type;
    const done = (): void => {
      if (frame.kind === 'arguments') {
        frame.value = false;
      }
    };
    if (token === ')' || token === '}' || token === ']') {
      this._frames.pop();
    } else if (token === '[') {
      done();
      this._frames.push({ kind: 'list', type: type ?? '' });
    } else if (token === '{') {
      done();
      this._give(this._schema.type(type ?? '')?.inputs ?? NO_ARGUMENTS);
    } else if (frame.kind === 'arguments' && token === ':') {
      frame.value = true;
    } else if (frame.kind === 'arguments' && !frame.value) {
      frame.argument = frame.all.get(token) ?? null;
      frame.given.add(token);
    } else {
      done();
    }
  }

  private _select(type: IType | null): void {
    this._frames.push({
      kind: 'selection',
      type,
      field: null,
      spread: 'none',
      narrowed: null
    });
  }

  private _give(all: ReadonlyMap<string, IArgument>): void {
    this._frames.push({
      kind: 'arguments',
      all,
      given: new Set(),
      argument: null,
      value: false
    });
  }

  private _forget(frame: ISelection): void {
    frame.field = null;
    frame.spread = 'none';
    frame.narrowed = null;
  }

  private readonly _frames: Frame[] = [];
  private readonly _variables = new Set<string>();
  /** Of a fragment: "on", then the name of its type. */
  private _narrowed: string | null = null;
}
