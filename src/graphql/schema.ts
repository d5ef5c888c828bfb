/** An argument of a field, or a field of what an argument holds. */
export interface IArgument {
  readonly name: string;
  readonly description: string;
  /** The named type within lists and what must not be missing. */
  readonly type: string;
  /** The type as it is written: "[String!]". */
  readonly written: string;
}

/** A field of a type. */
export interface IField extends IArgument {
  readonly arguments: ReadonlyMap<string, IArgument>;
  readonly deprecated: boolean;
}

/** One of the values of an enumeration. */
export interface IValue {
  readonly name: string;
  readonly description: string;
}

/** A type of the schema. */
export interface IType {
  readonly name: string;
  readonly kind: string;
  readonly description: string;
  readonly fields: ReadonlyMap<string, IField>;
  readonly inputs: ReadonlyMap<string, IArgument>;
  readonly values: readonly IValue[];
}

type Record = { readonly [name: string]: unknown };

/** What may be asked, as introspection says it. */
export class Schema {
  constructor(introspection: Record) {
    const said = record(introspection.__schema);
    for (const each of records(said.types)) {
      this._types.set(text(each.name), typeOf(each));
    }
    this.root = this.type(text(record(said.queryType).name));
  }

  /** The type whose fields a question begins with; null where there is none. */
  readonly root: IType | null;

  /** All types by name. */
  get types(): Iterable<IType> {
    return this._types.values();
  }

  type(name: string): IType | null {
    return this._types.get(name) ?? null;
  }

  /** Whether fields have to be chosen of what is of this type. */
  isComposite(name: string): boolean {
    const kind = this.type(name)?.kind ?? '';
    return kind === 'OBJECT' || kind === 'INTERFACE' || kind === 'UNION';
  }

  private readonly _types = new Map<string, IType>();
}

function typeOf(said: Record): IType {
  return {
    name: text(said.name),
    kind: text(said.kind),
    description: text(said.description),
    fields: new Map(
      records(said.fields).map(each => [
        text(each.name),
        {
          ...argumentOf(each),
          arguments: argumentsOf(each.args),
          deprecated: each.isDeprecated === true
        }
      ])
    ),
    inputs: argumentsOf(said.inputFields),
    values: records(said.enumValues).map(each => ({
      name: text(each.name),
      description: text(each.description)
    }))
  };
}

function argumentsOf(said: unknown): Map<string, IArgument> {
  return new Map(
    records(said).map(each => [text(each.name), argumentOf(each)])
  );
}

function argumentOf(said: Record): IArgument {
  let type = record(said.type);
  const written = writtenType(type);
  while (type.ofType) {
    type = record(type.ofType);
  }
  return {
    name: text(said.name),
    description: text(said.description),
    type: text(type.name),
    written
  };
}

function writtenType(type: Record): string {
  const inner = (): string => writtenType(record(type.ofType));
  switch (type.kind) {
    case 'NON_NULL':
      return `${inner()}!`;
    case 'LIST':
      return `[${inner()}]`;
    default:
      return text(type.name);
  }
}

function record(value: unknown): Record {
  return typeof value === 'object' && value !== null ? (value as Record) : {};
}

function records(value: unknown): Record[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
