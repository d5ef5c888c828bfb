import {
  CodeMirrorEditorFactory,
  CodeMirrorMimeTypeService,
  EditorLanguageRegistry
} from '@jupyterlab/codemirror';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import { act, fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { FakeServer, settle } from '../../api/__tests__/server';
import { Stage } from '../../browser/__tests__/stage';
import { CommandIDs } from '../../tokens';
import { KeptQuestions } from '../kept';
import { GraphModel } from '../model';
import { Panel } from '../Panel';
import { ENDPOINTS, INTROSPECTION, table, TYPES } from './records';

const SCHEMA = {
  endpoints: ENDPOINTS,
  endpoint: 'submission',
  schema: INTROSPECTION,
  types: TYPES
};

const services: IEditorServices = {
  factoryService: new CodeMirrorEditorFactory(),
  mimeTypeService: new CodeMirrorMimeTypeService(new EditorLanguageRegistry())
};

describe('Panel', () => {
  let server: FakeServer;
  let stage: Stage;
  let model: GraphModel;

  async function show(schema: object = SCHEMA, status = 200): Promise<void> {
    server = new FakeServer();
    stage = new Stage(server.client);
    model = new GraphModel(
      'commons',
      stage.hub,
      new KeptQuestions(null, 'commons')
    );
    stage.render(<Panel model={model} services={services} title="Commons" />);
    await act(async () => {
      void model.start();
      await settle();
      await server.next().answer(schema, status);
    });
  }

  async function answer(document: object, status = 200): Promise<void> {
    await act(async () => {
      model.type('{ case { id } }');
      void model.run();
      await settle();
      await server.next().answer(document, status);
    });
  }

  afterEach(() => model.dispose());

  it('begins with a type of records, found by its description', async () => {
    await show();
    const search = screen.getByRole('searchbox', {
      name: 'Find a type of records'
    });
    await userEvent.type(search, 'studied');
    const list = screen.getByRole('list', { name: 'Types of records' });
    expect(within(list).getAllByRole('button')).toHaveLength(1);
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect(model.query).toContain('case(first: 20) {');
    expect(screen.getByRole('textbox', { name: 'Query' })).toBeTruthy();
  });

  it('draws of a long answer what is in sight, and says how long it is', async () => {
    await show();
    await answer({ data: {}, tables: [table(5000)], errors: [] });
    const found = screen.getByRole('table');
    expect(found.getAttribute('aria-rowcount')).toBe('5001');
    expect(within(found).getAllByRole('row').length).toBeLessThan(100);
    expect(screen.getByText(/5,000 rows/).textContent).toBe(
      '5,000 rows · 2 columns'
    );
    expect(
      within(found)
        .getAllByRole('columnheader')
        .map(({ textContent }) => textContent)
    ).toEqual(['Row', 'submitter_id', 'age']);
  });

  it('hands a table over to the notebook and to the working folder', async () => {
    await show();
    await answer({ data: {}, tables: [table(2)], errors: [] });
    await userEvent.click(
      screen.getByRole('button', { name: 'Load in notebook' })
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Download as JSON' })
    );
    expect(stage.calls).toEqual([
      ['load', 'gen3:commons.example.org/?graphql={}', 'case of Commons'],
      [
        'download',
        'gen3:commons.example.org/?graphql={"format":"json"}',
        { title: 'case of Commons (JSON)', size: null }
      ]
    ]);
  });

  it('shows one of several lists, and says of an empty one that it is', async () => {
    await show();
    const empty = table(0, { name: 'sample', ref: '', exports: [] });
    await answer({ data: {}, tables: [table(2), empty], errors: [] });
    screen.getByRole('tab', { name: 'case' }).focus();
    await userEvent.keyboard('{ArrowRight}');
    expect(document.activeElement?.textContent).toBe('sample');
    expect(screen.queryByRole('table')).toBeNull();
    expect(screen.getByText('No record fits the question.')).toBeTruthy();
    expect(screen.getByText(/This question is too long/)).toBeTruthy();
  });

  it('says what is wrong with a question as sentences', async () => {
    await show();
    await answer({ data: {}, tables: [], errors: ['Cannot query "nosuch"'] });
    const alert = screen.getByRole('alert');
    expect(alert.textContent).toContain(
      'Commons does not answer this question.'
    );
    expect(within(alert).getByRole('listitem').textContent).toBe(
      'Cannot query "nosuch".'
    );
    await answer({ data: {}, tables: [table(1)], errors: ['one'] });
    expect(alert.textContent).toContain('Only a part of the question');
    act(() => model.setVariables('{'));
    await act(() => model.run());
    expect(alert.textContent).toContain('The variables are no JSON object');
  });

  it('leads to the connections where nobody is let in', async () => {
    const refusal = {
      error: {
        code: 'no_access',
        message: 'Commons refuses',
        source: 'commons',
        hint: 'Connect first.'
      }
    };
    await show(refusal, 403);
    const executed: unknown[] = [];
    stage.context.commands.addCommand(CommandIDs.connections, {
      describedBy: { args: null },
      execute: args => {
        executed.push(args);
      }
    });
    expect(screen.getByText('What can be asked is not known.')).toBeTruthy();
    await answer(refusal, 403);
    expect(screen.getByRole('alert').textContent).toContain('Commons refuses.');
    await userEvent.click(
      screen.getByRole('button', { name: 'Connect to Commons' })
    );
    expect(executed).toEqual([{ name: 'commons' }]);
  });

  it('calls a question off, and brings one back', async () => {
    await show();
    await answer({ data: {}, tables: [table(1)], errors: [] });
    await userEvent.click(screen.getByRole('button', { name: 'Run' }));
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await act(settle);
    expect(screen.getByText('Cancelled.')).toBeTruthy();
    act(() => model.replace('{ sample { tissue } }'));
    await userEvent.click(screen.getByRole('button', { name: 'Last queries' }));
    await userEvent.keyboard('{Enter}');
    expect(model.query).toBe('{ case { id } }');
  });
});
