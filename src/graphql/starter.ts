import type { IField, Schema } from './schema';

/** Fields of a record that a starting query asks for. */
const MOST = 8;
/** Records that it asks for. */
const FIRST = 20;
/** What tells records apart, in front of what else is known of them. */
const LEADING = ['submitter_id', 'project_id', 'id'];
/** What is the same of most records, or of interest to the commons alone. */
const TRAILING = ['type', 'state', 'created_datetime', 'updated_datetime'];

/**
 * A question for some records of a type, to begin with; empty where none can be asked.
 *
 * @param name - The field of the root, which is called like the type.
 */
export function startingQuery(schema: Schema, name: string): string {
  const field = schema.root?.fields.get(name);
  if (!field) {
    return '';
  }
  const lines = [
    '{',
    `  ${name}${argumentsOf(field)}${selection(schema, field, '  ')}`
  ];
  const count = `_${name}_count`;
  if (schema.root?.fields.has(count)) {
    lines.push(`  ${count}`);
  }
  return [...lines, '}', ''].join('\n');
}

function argumentsOf(field: IField): string {
  return field.arguments.has('first') ? `(first: ${FIRST})` : '';
}

function selection(schema: Schema, field: IField, indent: string): string {
  if (!schema.isComposite(field.type)) {
    return '';
  }
  const fields = [...(schema.type(field.type)?.fields.values() ?? [])];
  const plain = fields
    .filter(
      ({ name, type, deprecated }) =>
        !deprecated && !name.startsWith('_') && !schema.isComposite(type)
    )
    .map(({ name }) => name);
  const leading = LEADING.filter(name => plain.includes(name)).slice(0, 2);
  const others = plain.filter(name => !LEADING.includes(name));
  const chosen = [
    ...leading,
    ...others.filter(name => !TRAILING.includes(name)),
    ...others.filter(name => TRAILING.includes(name))
  ].slice(0, MOST);
  const names = chosen.length > 0 ? chosen : ['__typename'];
  return [' {', ...names.map(name => `${indent}  ${name}`), `${indent}}`].join(
    '\n'
  );
}
