/** What introspection says of a small commons. */
const named = (name: string, kind = 'SCALAR'): object => ({ kind, name });
const listOf = (type: object): object => ({ kind: 'LIST', ofType: type });
const needed = (type: object): object => ({ kind: 'NON_NULL', ofType: type });

const field = (name: string, type: object, more: object = {}): object => ({
  name,
  type,
  args: [],
  ...more
});

const PAGING = [
  { name: 'first', type: named('Int'), description: 'So many records.' },
  { name: 'project_id', type: listOf(needed(named('String'))) },
  { name: 'sex', type: named('Sex', 'ENUM') },
  { name: 'filter', type: named('Filter', 'INPUT_OBJECT') }
];

export const INTROSPECTION = {
  __schema: {
    queryType: { name: 'Root' },
    types: [
      {
        kind: 'OBJECT',
        name: 'Root',
        fields: [
          field('case', listOf(named('case', 'OBJECT')), {
            args: PAGING,
            description: 'Cases of all projects.'
          }),
          field('_case_count', named('Int')),
          field('sample', listOf(named('sample', 'OBJECT'))),
          field('node', listOf(named('Node', 'INTERFACE')))
        ]
      },
      {
        kind: 'OBJECT',
        name: 'case',
        description: 'Somebody who is studied.',
        fields: [
          field('id', named('String')),
          field('age', named('Int')),
          field('project_id', named('String')),
          field('submitter_id', needed(named('String')), {
            description: 'What the submitter calls it.'
          }),
          field('former', named('String'), { isDeprecated: true }),
          field('samples', listOf(named('sample', 'OBJECT')), { args: PAGING })
        ]
      },
      {
        kind: 'OBJECT',
        name: 'sample',
        fields: [field('tissue', named('String'))]
      },
      {
        kind: 'INTERFACE',
        name: 'Node',
        fields: [field('id', named('String'))]
      },
      {
        kind: 'ENUM',
        name: 'Sex',
        enumValues: [{ name: 'female', description: '' }, { name: 'male' }]
      },
      {
        kind: 'INPUT_OBJECT',
        name: 'Filter',
        inputFields: [
          { name: 'AND', type: listOf(named('Filter', 'INPUT_OBJECT')) },
          { name: 'sex', type: named('Sex', 'ENUM') }
        ]
      },
      { kind: 'SCALAR', name: 'Int' },
      { kind: 'SCALAR', name: 'String' },
      { kind: 'OBJECT', name: '__Type', fields: [] }
    ]
  }
};

export const TYPES = [
  {
    name: 'case',
    title: 'Case',
    category: 'administrative',
    description: 'Somebody who is studied.'
  },
  {
    name: 'sample',
    title: 'Sample',
    category: 'biospecimen',
    description: 'What was taken of them.'
  },
  {
    name: 'gone',
    title: 'Gone',
    category: '',
    description: 'Not in the schema.'
  }
];

export const ENDPOINTS = [
  { name: 'submission', title: 'Submitted records', description: '' },
  { name: 'guppy', title: 'Explorer', description: '' }
];

/** A table of so many rows. */
export function table(rows: number, change: object = {}): object {
  return {
    name: 'case',
    columns: ['submitter_id', 'age'],
    rows: Array.from({ length: rows }, (_, row) => [`case-${row}`, row]),
    ref: 'gen3:commons.example.org/?graphql={}',
    exports: ['tsv', 'json'].map(format => ({
      ref: `gen3:commons.example.org/?graphql={"format":"${format}"}`,
      title: '',
      format,
      description: '',
      members: null,
      size: null
    })),
    ...change
  };
}
