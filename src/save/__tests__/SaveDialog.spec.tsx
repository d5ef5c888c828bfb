import { act, fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { FakeServer, settle } from '../../api/__tests__/server';
import type { SaveField, Transfer } from '../../api/models';
import { Stage } from '../../browser/__tests__/stage';
import { connection } from '../../connections/__tests__/records';
import { EMPTY_DRAFT, type IDraft } from '../form';
import type { INotebook } from '../notebook';
import { SaveDialog } from '../SaveDialog';

function field(code: string, change: Partial<SaveField> = {}): SaveField {
  return {
    code,
    label: code.toLowerCase(),
    description: '',
    data_type: 'VARCHAR',
    mandatory: false,
    multi_value: false,
    section: '',
    object_type: '',
    choices: [],
    ...change
  };
}

const FORM = {
  types: [
    { code: 'RAW_DATA', description: '', default: false, fields: [] },
    {
      code: 'ANALYSIS_NOTEBOOK',
      description: 'A notebook',
      default: true,
      fields: [
        field('$NAME', { label: 'Name' }),
        field('$HISTORY_ID'),
        field('CELLS', { data_type: 'INTEGER', label: 'Cells' }),
        field('ORGANISM', {
          label: 'Organism',
          data_type: 'CONTROLLEDVOCABULARY',
          mandatory: true,
          choices: [
            { code: 'HUMAN', label: 'Homo sapiens', description: '' },
            { code: 'MOUSE', label: 'Mus musculus', description: '' }
          ]
        }),
        field('KEYWORDS', { label: 'Keywords', multi_value: true })
      ]
    }
  ]
};

const OWNER = {
  ref: 'openbis:openbis.example.org/9',
  identifier: '/LAB/SC/E1',
  kind: 'collection',
  title: 'First',
  type: 'EXPERIMENT'
};

describe('SaveDialog', () => {
  let server: FakeServer;
  let saves: boolean[];
  let saved: Transfer[];
  let draft: IDraft;

  async function show(
    first: Partial<IDraft> = {},
    change: Partial<INotebook> = {}
  ): Promise<void> {
    server = new FakeServer();
    server.rule = ({ route }) => {
      const answers: { [route: string]: unknown } = {
        'GET saves/openbis-lab/form': FORM,
        'GET saves/openbis-lab/owners': { owners: [OWNER] },
        'GET saves/buckets/form': { types: [{ ...FORM.types[0], fields: [] }] },
        'GET saves/buckets/owners': { owners: [] },
        'GET connections': {
          connections: [connection()],
          kinds: [],
          open: [
            connection({
              name: 'buckets',
              kind: 's3',
              title: 'Buckets',
              open: true,
              can_save: true
            }),
            connection({ name: 'others', title: 'Others', open: true })
          ]
        }
      };
      return answers[route];
    };
    const stage = new Stage(server.client);
    await stage.hub.connections.refresh();
    saves = [];
    saved = [];
    const notebook: INotebook = {
      path: 'work/Blood.ipynb',
      name: 'Blood.ipynb',
      plain: false,
      inputs: [
        { ref: 'openbis:openbis.example.org/2026-1/original/x', title: 'X' },
        { ref: 'cellxgene:v1', title: 'Elsewhere' },
        { ref: 's3://lab/plates/a.h5ad', title: 'Plates' }
      ],
      save: keepHistory => {
        saves.push(keepHistory);
        return Promise.resolve();
      },
      chooseFiles: () => Promise.resolve(['work/plot, 1.png']),
      ...change
    };
    stage.render(
      <SaveDialog
        notebook={notebook}
        first={{ ...EMPTY_DRAFT, ...first }}
        onDraft={next => {
          draft = next;
        }}
        onSaved={transfer => saved.push(transfer)}
        onClose={() => undefined}
      />
    );
    await act(settle);
    await act(settle);
  }

  const press = async (name: string | RegExp): Promise<void> => {
    await userEvent.click(screen.getByRole('button', { name }));
    await act(settle);
  };
  const alerts = (): (string | null)[] =>
    screen.getAllByRole('alert').map(({ textContent }) => textContent);

  it('begins with what is known, and hides what the server fills in', async () => {
    await show();
    expect(screen.getByLabelText(/^Type/)).toHaveProperty(
      'value',
      'ANALYSIS_NOTEBOOK'
    );
    expect(screen.getByLabelText('Name')).toHaveProperty('value', 'Blood');
    expect(screen.queryByLabelText(/history/)).toBeNull();
    const list = screen.getByRole('list', {
      name: 'Datasets it was made from'
    });
    expect(list.textContent).toBe('X2026-1');
  });

  it('offers a store that needs no connection, in its own words', async () => {
    await show();
    const store = screen.getByLabelText('Store');
    expect(store.textContent).toBe('openBIS labBuckets');
    fireEvent.change(store, { target: { value: 'buckets' } });
    await act(settle);
    expect(draft.source).toBe('buckets');
    expect(
      screen.getByRole('combobox', { name: /^Belongs to/ })
    ).toHaveProperty('placeholder', 's3://bucket/folder/');
    expect(screen.getByText(/^A bucket, or a folder in one/)).toBeTruthy();
    expect(screen.getByText(/by their name or identifier/)).toBeTruthy();
    expect(screen.queryByText(/permId/)).toBeNull();
    expect(draft.parents).toEqual([
      { ref: 's3://lab/plates/a.h5ad', title: 'Plates' }
    ]);
  });

  it('offers nothing that is made of a notebook where there is none', async () => {
    await show({}, { path: 'work/cells.csv', name: 'cells.csv', plain: true });
    expect(draft.type).toBe('RAW_DATA');
    expect(screen.queryByRole('checkbox')).toBeNull();
    expect(screen.getByText(/^It goes as it is, with a record/)).toBeTruthy();
  });

  it('says all that is wrong at once, before the notebook is written', async () => {
    await show();
    await userEvent.type(screen.getByLabelText('Cells'), 'many');
    await press('Save to openBIS lab');
    expect(alerts()).toEqual([
      'Choose where it belongs.',
      '“many” is no whole number.',
      'Organism is needed.'
    ]);
    expect(saves).toEqual([]);
    expect(screen.getByText('3 fields need another look.')).toBeTruthy();
  });

  it('writes the notebook, then hands it over as typed', async () => {
    await show({ owner: OWNER, ownerText: OWNER.identifier });
    const organism = screen.getByRole('combobox', { name: /^Organism/ });
    await userEvent.type(organism, 'sapi{ArrowDown}{Enter}');
    expect(organism).toHaveProperty('value', 'Homo sapiens');
    await userEvent.type(screen.getByLabelText('Keywords'), 'blood');
    await press('Another value of Keywords');
    await press('Add files…');
    await press('Save to openBIS lab');
    expect(saves).toEqual([true]);
    const request = server.next();
    expect(request.route).toBe('POST saves');
    expect(JSON.parse(request.body)).toEqual({
      source: 'openbis-lab',
      notebook: 'work/Blood.ipynb',
      owner: OWNER.ref,
      type: 'ANALYSIS_NOTEBOOK',
      properties: { $NAME: 'Blood', ORGANISM: 'HUMAN', KEYWORDS: ['blood'] },
      parents: ['openbis:openbis.example.org/2026-1'],
      files: ['work/plot, 1.png'],
      html: true,
      environment: true,
      keep_history: true
    });
    await act(() => request.answer({ id: 'u1' }, 202));
    expect(saved).toEqual([{ id: 'u1' }]);
  });

  it('puts what the server says beside the fields, and keeps what was typed', async () => {
    await show({
      owner: OWNER,
      ownerText: OWNER.identifier,
      values: { ORGANISM: ['HUMAN'], CELLS: ['7'] }
    });
    await press('Save to openBIS lab');
    await act(() =>
      server.next().answer(
        {
          error: {
            code: 'bad_request',
            message: 'Two fields are wrong',
            source: 'openbis-lab',
            hint: '',
            retry_after: null,
            fields: [
              { field: 'cells', message: 'No more than 5.' },
              { field: 'parents', message: 'You may not see 2026-1.' }
            ]
          }
        },
        400
      )
    );
    expect(alerts()).toEqual(['No more than 5.', 'You may not see 2026-1.']);
    expect(screen.getByLabelText('Cells')).toHaveProperty('value', '7');
    expect(draft.owner).toEqual(OWNER);
  });

  it('says what went wrong with all of it', async () => {
    await show({
      owner: OWNER,
      ownerText: OWNER.identifier,
      values: { ORGANISM: ['HUMAN'] }
    });
    await press('Save to openBIS lab');
    await act(() => server.next().answer('', 502));
    expect(
      screen.getByText('Blood.ipynb was not saved to the store.')
    ).toBeTruthy();
  });
});
