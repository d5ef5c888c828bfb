import { placeAfter, type Place } from './cursor';
import type { IArgument, Schema } from './schema';

/** Something that can be written at the cursor. */
export interface ICompletion {
  readonly label: string;
  /** What it is, for its icon. */
  readonly type: 'property' | 'variable' | 'enum' | 'type' | 'keyword';
  /** Its type as it is written. */
  readonly detail: string;
  readonly info: string;
  /** What is written instead of the label; `${}` is where the cursor goes. */
  readonly template: string;
}

/** What can be written at the cursor, and where its word begins. */
export interface ICompletions {
  readonly from: number;
  readonly options: readonly ICompletion[];
}

const WORD = /\$?\w*$/;

/** Complete what is typed at the end of a text. */
export function complete(schema: Schema, before: string): ICompletions | null {
  const word = WORD.exec(before)?.[0] ?? '';
  const from = before.length - word.length;
  const place = placeAfter(schema, before.slice(0, from));
  if (!place) {
    return null;
  }
  const options = optionsAt(schema, place);
  return options.length > 0 ? { from, options } : null;
}

function optionsAt(schema: Schema, place: Place): ICompletion[] {
  switch (place.kind) {
    case 'document':
      return [
        option('query', 'keyword', { template: 'query {\n  ${}\n}' }),
        option('fragment', 'keyword', { template: 'fragment ${} on ' })
      ];
    case 'fields':
      return [
        ...[...place.type.fields.values()]
          .filter(({ deprecated }) => !deprecated)
          .map(field =>
            option(field.name, 'property', {
              ...described(field),
              template: schema.isComposite(field.type)
                ? `${field.name} {\n  \${}\n}`
                : ''
            })
          ),
        option('__typename', 'property', { detail: 'String!' })
      ];
    case 'arguments':
      return [...place.all.values()]
        .filter(({ name }) => !place.given.has(name))
        .map(each =>
          option(each.name, 'variable', {
            ...described(each),
            template: `${each.name}: \${}`
          })
        );
    case 'value':
      return valuesOf(schema, place.type, place.variables);
    case 'conditions':
      return [...schema.types]
        .filter(
          ({ name }) => schema.isComposite(name) && !name.startsWith('__')
        )
        .map(({ name, description }) =>
          option(name, 'type', { info: description })
        );
    case 'inputs':
      return [...schema.types]
        .filter(({ kind }) => /^(SCALAR|ENUM|INPUT_OBJECT)$/.test(kind))
        .map(({ name, description }) =>
          option(name, 'type', { info: description })
        );
  }
}

function valuesOf(
  schema: Schema,
  type: string,
  variables: readonly string[]
): ICompletion[] {
  const words = type === 'Boolean' ? ['true', 'false'] : [];
  return [
    ...(schema.type(type)?.values ?? []).map(({ name, description }) =>
      option(name, 'enum', { info: description })
    ),
    ...words.map(word => option(word, 'keyword', {})),
    ...variables.map(name => option(name, 'variable', {}))
  ];
}

function described({
  written,
  description
}: IArgument): Pick<ICompletion, 'detail' | 'info'> {
  return { detail: written, info: description };
}

function option(
  label: string,
  type: ICompletion['type'],
  more: Partial<ICompletion>
): ICompletion {
  return { label, type, detail: '', info: '', template: '', ...more };
}
