import { StateDB } from '@jupyterlab/statedb';

import { FakeServer, settle } from '../../api/__tests__/server';
import { Stage } from '../../browser/__tests__/stage';
import { connection } from '../../connections/__tests__/records';
import { KeptQuestions, withNewest, type IQuestion } from '../kept';
import { GraphModel } from '../model';
import { ENDPOINTS, INTROSPECTION, table, TYPES } from './records';

const COMMONS = connection({ name: 'commons', has_graphql: true });

describe('GraphModel', () => {
  let server: FakeServer;
  let stage: Stage;
  let db: StateDB;
  let model: GraphModel;

  async function start(): Promise<void> {
    model = new GraphModel(
      'commons',
      stage.hub,
      new KeptQuestions(db, 'commons')
    );
    void model.start();
    await settle();
  }

  const schema = (endpoint = 'submission'): object => ({
    endpoints: ENDPOINTS,
    endpoint,
    schema: INTROSPECTION,
    types: TYPES
  });

  beforeEach(() => {
    server = new FakeServer();
    stage = new Stage(server.client);
    db = new StateDB();
  });

  afterEach(() => model.dispose());

  it('reads the schema, of another place when one is chosen', async () => {
    await start();
    expect(model.state.loading).toBe(true);
    await server.next().answer(schema());
    expect(model.state.endpoint).toBe('submission');
    expect(model.state.schema?.root?.name).toBe('Root');
    void model.setEndpoint('guppy');
    expect(model.state.schema).toBeNull();
    const request = server.next();
    expect(request.url.searchParams.get('endpoint')).toBe('guppy');
    await request.answer(schema('guppy'));
    expect(model.state.endpoint).toBe('guppy');
  });

  it('asks with variables, and takes what is wrong as part of the answer', async () => {
    await start();
    await server.next().answer(schema());
    model.type('query ($n: Int) { case(first: $n) { id } }');
    model.setVariables('{"n": 2}');
    void model.run();
    await settle();
    const request = server.next();
    expect(JSON.parse(request.body)).toEqual({
      query: 'query ($n: Int) { case(first: $n) { id } }',
      variables: { n: 2 },
      endpoint: 'submission'
    });
    expect(model.state.running).toBe(true);
    await request.answer({ data: {}, tables: [], errors: ['no such field'] });
    expect(model.state.running).toBe(false);
    expect(model.state.answer?.errors).toEqual(['no such field']);
  });

  it('asks nothing with variables that are no object, or without a question', async () => {
    await start();
    await server.next().answer(schema());
    await model.run();
    model.type('{ case { id } }');
    for (const text of ['{', '[1]', '3']) {
      model.setVariables(text);
      await model.run();
      expect(model.state.wrongVariables).toBe(true);
    }
    expect(server.pending).toEqual([]);
    model.setVariables('');
    expect(model.state.wrongVariables).toBe(false);
  });

  it('can be called off, and keeps the answer before', async () => {
    await start();
    await server.next().answer(schema());
    model.type('{ case { id } }');
    void model.run();
    await settle();
    await server.next().answer({ data: {}, tables: [table(1)], errors: [] });
    void model.run();
    await settle();
    const hung = server.next();
    model.cancel();
    await settle();
    expect(hung.request.signal.aborted).toBe(true);
    expect(model.state).toMatchObject({
      running: false,
      cancelled: true,
      error: null
    });
    expect(model.state.answer?.tables).toHaveLength(1);
  });

  it('says why there is no answer, and asks for the schema again once let in', async () => {
    await start();
    const refusal = {
      error: { code: 'no_access', message: 'refused', source: 'commons' }
    };
    await server.next().answer(refusal, 403);
    expect(model.state.schemaError).toMatchObject({ code: 'no_access' });
    model.type('{ case { id } }');
    void model.run();
    await settle();
    await server.next().answer(refusal, 403);
    expect(model.state.error).toMatchObject({ code: 'no_access' });
    stage.hub.connections.accept(COMMONS);
    await settle();
    await server.next().answer(schema());
    expect(model.state).toMatchObject({ schemaError: null, error: null });
    expect(model.state.schema).not.toBeNull();
  });

  it('brings back what was typed and what was asked', async () => {
    await start();
    await server.next().answer(schema());
    model.type('{ case { id } }');
    void model.run();
    await settle();
    await server.next().answer({ data: {}, tables: [], errors: [] });
    model.type('{ samp');
    model.dispose();
    await settle();
    await start();
    expect(model.query).toBe('{ samp');
    expect(model.state.last).toEqual([
      { query: '{ case { id } }', variables: '', endpoint: 'submission' }
    ]);
    await server.next().answer(schema());
    const replaced: string[] = [];
    model.replaced.connect((_, text) => replaced.push(text));
    await model.recall(model.state.last[0]);
    expect(replaced).toEqual(['{ case { id } }']);
  });
});

describe('KeptQuestions', () => {
  const question = (query: string): IQuestion => ({
    query,
    variables: '',
    endpoint: ''
  });

  it('keeps each question once, the newest first, and not all of them', () => {
    const many = Array.from({ length: 25 }, (_, at) => question(`q${at}`));
    const kept = many.reduce<readonly IQuestion[]>(withNewest, []);
    expect(kept).toHaveLength(20);
    expect(kept[0].query).toBe('q24');
    expect(withNewest(kept, question(' q10 '))[0].query).toBe(' q10 ');
    expect(withNewest(kept, question(' q10 '))).toHaveLength(20);
  });

  it('leaves out what is too long, and what is no question', async () => {
    const db = new StateDB();
    const store = new KeptQuestions(db, 'commons');
    await store.save({
      draft: question('x'.repeat(30_000)),
      last: [question('short')]
    });
    expect(await store.fetch()).toEqual({
      draft: null,
      last: [question('short')]
    });
    await db.save('jupyterlab-datahub:graphql:commons', {
      draft: 'x',
      last: [{ query: 1 }]
    });
    expect(await store.fetch()).toEqual({ draft: null, last: [] });
    const none = new KeptQuestions(null, 'commons');
    expect(await none.fetch()).toEqual({ draft: null, last: [] });
  });
});
