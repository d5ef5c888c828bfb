import { complete } from '../completions';
import { Schema } from '../schema';
import { startingQuery } from '../starter';
import { matching, typesOf } from '../types';
import { INTROSPECTION, TYPES } from './records';

const schema = new Schema(INTROSPECTION);

function labels(before: string): string[] {
  return (complete(schema, before)?.options ?? []).map(({ label }) => label);
}

describe('complete', () => {
  it.each([
    ['{ ', ['case', '_case_count', 'sample', 'node', '__typename']],
    [
      'query Some { ca',
      ['case', '_case_count', 'sample', 'node', '__typename']
    ],
    ['{ case { samples { ', ['tissue', '__typename']],
    ['{ other: case { id } x: sample { ', ['tissue', '__typename']],
    ['{ case { id } node { ... on sample { ', ['tissue', '__typename']],
    ['fragment F on sample { ', ['tissue', '__typename']],
    ['{ case(first: 3, ', ['project_id', 'sex', 'filter']],
    ['{ case(filter: {AND: [{', ['AND', 'sex']],
    ['{ case(filter: {sex: male}, sex: f', ['female', 'male']],
    ['query ($n: Int) { case(first: $', ['$n']],
    ['{ case { ... on ', ['Root', 'case', 'sample', 'Node']],
    ['query ($n: ', ['Sex', 'Filter', 'Int', 'String']],
    ['', ['query', 'fragment']],
    // Nothing is known, or nothing is wanted.
    ['{ nosuch { ', []],
    ['{ case(project_id: "DE', []],
    ['{ # ca', []]
  ])('of %j offers %j', (before, expected) => {
    expect(labels(before)).toEqual(expected);
  });

  it('says what a field is, and leaves out what is deprecated', () => {
    const found = complete(schema, '{ case { sub');
    expect(found?.from).toBe('{ case { '.length);
    expect(found?.options.map(({ label }) => label)).not.toContain('former');
    const [submitter] = found!.options.filter(
      ({ label }) => label === 'submitter_id'
    );
    expect(submitter).toMatchObject({
      detail: 'String!',
      info: 'What the submitter calls it.',
      template: ''
    });
    const [samples] = found!.options.filter(({ label }) => label === 'samples');
    expect(samples.template).toBe('samples {\n  ${}\n}');
    expect(samples.detail).toBe('[sample]');
  });

  it('takes a text of several lines for one', () => {
    expect(labels('{ case(project_id: """a { b\n')).toEqual([]);
    expect(labels('{ case(project_id: """a { b\n""", s')).toEqual([
      'first',
      'sex',
      'filter'
    ]);
  });
});

describe('startingQuery', () => {
  it('asks for what tells records apart, and for their number', () => {
    expect(startingQuery(schema, 'case')).toBe(
      '{\n  case(first: 20) {\n    submitter_id\n    project_id\n    age\n  }\n  _case_count\n}\n'
    );
    expect(startingQuery(schema, 'nosuch')).toBe('');
  });
});

describe('typesOf', () => {
  it('are those of the dictionary that can be asked for', () => {
    expect(typesOf(schema, TYPES).map(({ title }) => title)).toEqual([
      'Case',
      'Sample'
    ]);
  });

  it('are the fields of the root where there is no dictionary', () => {
    expect(typesOf(schema, [])).toMatchObject([
      { name: 'case', description: 'Cases of all projects.' },
      { name: 'sample' },
      { name: 'node' }
    ]);
    expect(typesOf(null, TYPES)).toEqual([]);
  });

  it('are found by all words of a search', () => {
    const names = (text: string): string[] =>
      matching(TYPES, text).map(({ name }) => name);
    expect(names('TAKEN biospecimen')).toEqual(['sample']);
    expect(names('taken case')).toEqual([]);
    expect(names(' ')).toHaveLength(3);
  });
});
