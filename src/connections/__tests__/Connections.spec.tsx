import { act, fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { FakeServer, settle } from '../../api/__tests__/server';
import type { Connection } from '../../api/models';
import { OpenDialog } from '../../__tests__/dialog';
import { Stage } from '../../browser/__tests__/stage';
import { Connections } from '../Connections';
import { connection, credentials, KINDS } from './records';

describe('Connections', () => {
  let server: FakeServer;
  let stage: Stage;
  let closed: boolean;

  async function show(
    items: readonly Connection[],
    wanted = ''
  ): Promise<void> {
    server = new FakeServer();
    server.rule = ({ route }) =>
      route === 'GET connections'
        ? { connections: items, kinds: KINDS, open: [] }
        : undefined;
    stage = new Stage(server.client);
    closed = false;
    await stage.hub.connections.refresh();
    stage.render(
      <Connections
        wanted={wanted}
        onClose={() => {
          closed = true;
        }}
      />
    );
    await act(settle);
  }

  const field = (name: string | RegExp): HTMLInputElement =>
    screen.getByLabelText(name);
  const press = (name: string): Promise<void> =>
    userEvent.click(screen.getByRole('button', { name }));

  it('begins with the form where there is no connection yet', async () => {
    await show([]);
    expect(screen.getByText(/Connect to openBIS or to a Gen3/)).toBeTruthy();
    expect(document.activeElement).toBe(field(/^Name/));
    await press('Cancel');
    expect(closed).toBe(true);
  });

  it('says all that is missing before anybody is asked', async () => {
    await show([]);
    await press('Connect');
    const problems = screen.getAllByRole('alert').map(p => p.textContent);
    expect(problems).toEqual([
      'Give the connection a name.',
      'Enter the address of the openBIS server.',
      'Enter your user name.',
      'Enter your password.'
    ]);
    expect(field(/^Name/).getAttribute('aria-invalid')).toBe('true');
    expect(server.pending).toEqual([]);
  });

  it('connects with a password, for which a token is made and kept', async () => {
    await show([connection()]);
    await press('New connection');
    await userEvent.type(field(/^Name/), 'Institut für Biologie');
    await userEvent.type(field(/^Address/), 'bis.example.org');
    await userEvent.type(field(/^User \*/), 'ada');
    await userEvent.type(field(/^Password/), 'secret');
    await userEvent.clear(field(/^Valid for/));
    await userEvent.type(field(/^Valid for/), '90');
    await press('Connect');
    await act(settle);
    const request = server.next();
    expect(request.route).toBe('PUT connections/institut-fur-biologie');
    expect(JSON.parse(request.body)).toEqual({
      kind: 'openbis',
      title: 'Institut für Biologie',
      url: 'https://bis.example.org',
      verify_tls: true,
      ca_bundle: '',
      user: 'ada',
      password: 'secret',
      token: '',
      key: '',
      profile: '',
      workspace: false,
      make_token: true,
      token_days: 90
    });
    await act(() =>
      request.answer(
        connection({ name: 'institut-fur-biologie', title: 'Institut' }),
        201
      )
    );
    expect(screen.getByRole('status').textContent).toBe(
      'Institut: connected as ada.'
    );
    expect(screen.queryByLabelText(/^Password/)).toBeNull();
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
  });

  it('keeps what was typed when the password is wrong, and says so beside it', async () => {
    await show([]);
    await userEvent.type(field(/^Name/), 'Lab');
    await userEvent.type(field(/^Address/), 'https://bis.example.org');
    await userEvent.type(field(/^User \*/), 'ada');
    await userEvent.type(field(/^Password/), 'wrong');
    await press('Connect');
    await act(settle);
    await act(() =>
      server.next().answer(
        {
          error: {
            code: 'no_access',
            message: 'bis.example.org refuses the user or the password',
            source: 'lab',
            hint: 'Check both.',
            retry_after: null
          }
        },
        403
      )
    );
    expect(screen.getByRole('alert').textContent).toBe(
      'bis.example.org refuses the user or the password. Check both.'
    );
    const password = field(/^Password/);
    expect(password.value).toBe('wrong');
    expect(password.getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(password);
    expect(field(/^User \*/).value).toBe('ada');
  });

  it('connects an expired session again, with all but the secret filled in', async () => {
    await show(
      [connection({ state: 'expired', expires: '2020-01-01T00:00:00Z' })],
      'openbis-lab'
    );
    expect(screen.getByText('token no longer valid')).toBeTruthy();
    expect(screen.queryByLabelText(/^Name/)).toBeNull();
    expect(field(/^Address/).value).toBe('https://openbis.example.org');
    await userEvent.click(screen.getByLabelText('Personal access token'));
    await userEvent.type(
      screen.getByLabelText(/^Personal access token \*/),
      '$pat-ada-1'
    );
    await press('Connect');
    await act(settle);
    const request = server.next();
    expect(request.route).toBe('PUT connections/openbis-lab');
    expect(JSON.parse(request.body)).toMatchObject({
      token: '$pat-ada-1',
      password: '',
      make_token: false
    });
  });

  it('warns in sight where the certificate is not verified', async () => {
    const note = 'The certificate of this server is not checked.';
    await show([connection({ verify_tls: false, note })]);
    expect(screen.getByText(note)).toBeTruthy();
    await press('New connection');
    const warning = 'The certificate is not verified.';
    expect(screen.queryByText(warning)).toBeNull();
    await userEvent.click(screen.getByLabelText('Verify the certificate'));
    expect(screen.getByText(warning)).toBeTruthy();
  });

  describe('to a Gen3 commons', () => {
    const ISSUER = 'https://gen3.example.org';

    async function begin(): Promise<void> {
      await show([connection()]);
      await press('New connection');
      choose(/^Kind of store/, 'gen3');
      await userEvent.type(field(/^Name/), 'Commons');
    }

    function choose(label: RegExp, value: string): void {
      fireEvent.change(field(label), { target: { value } });
    }

    it('shows who a key says has issued it, and sends it only once that is confirmed', async () => {
      await begin();
      choose(/^credentials.json/, credentials(ISSUER));
      expect(
        screen.getByText(/This key says it was issued by https:\/\/gen3/)
      ).toBeTruthy();
      await press('Connect');
      expect(screen.getByRole('alert').textContent).toBe(
        'Enter the address of the server.'
      );
      expect(server.pending).toEqual([]);
      await press('This is my commons: use its address');
      expect(field(/^Address/).value).toBe(ISSUER);
      await press('Connect');
      await act(settle);
      const request = server.next();
      expect(request.route).toBe('PUT connections/commons');
      expect(JSON.parse(request.body)).toMatchObject({
        kind: 'gen3',
        url: ISSUER,
        key: credentials(ISSUER),
        token: '',
        user: '',
        password: '',
        profile: '',
        workspace: false,
        make_token: false
      });
    });

    it('puts a key of another commons beside the address', async () => {
      await begin();
      choose(/^credentials.json/, credentials('https://other.example.org'));
      await userEvent.type(field(/^Address/), ISSUER);
      expect(
        await screen.findByText(/The address below is of another server/)
      ).toBeTruthy();
      await press('Connect');
      await act(settle);
      await act(() =>
        server.next().answer(
          {
            error: {
              code: 'bad_request',
              message: 'This cannot be used',
              source: 'commons',
              hint: '',
              retry_after: null,
              fields: [
                {
                  field: 'url',
                  message:
                    'This key is of other.example.org, not of gen3.example.org'
                }
              ]
            }
          },
          400
        )
      );
      expect(field(/^Address/).getAttribute('aria-invalid')).toBe('true');
      expect(screen.getByRole('alert').textContent).toBe(
        'This key is of other.example.org, not of gen3.example.org.'
      );
    });

    it.each([
      ['something', 'This is not the text of a credentials.json.'],
      [
        '{"api_key": "a.b"}',
        'The key in it is not whole; choose the file again.'
      ]
    ])('says that %s is no key', async (text, words) => {
      await begin();
      choose(/^credentials.json/, text);
      expect(screen.getByRole('alert').textContent).toBe(words);
    });

    it('takes a profile with its address, and the identity of a workspace', async () => {
      await begin();
      await userEvent.click(screen.getByLabelText('Profile of gen3-client'));
      choose(/^Profile \*/, 'lab');
      expect(field(/^Address/).value).toBe('https://lab.example.org');
      await userEvent.click(screen.getByLabelText('Workspace'));
      await press('Connect');
      await act(settle);
      expect(JSON.parse(server.next().body)).toMatchObject({
        profile: '',
        workspace: true
      });
    });

    it('knows where Synapse is and takes a token of it', async () => {
      await begin();
      choose(/^Kind of store/, 'synapse');
      expect(field(/^Address/).value).toBe('https://www.synapse.org');
      choose(/^Kind of store/, 'gen3');
      expect(field(/^Address/).value).toBe('');
      choose(/^Kind of store/, 'synapse');
      await userEvent.click(screen.getByLabelText('Profile of synapseclient'));
      expect(
        screen.getByText(/^There are no profiles of synapseclient/)
      ).toBeTruthy();
      await userEvent.click(screen.getByLabelText('Personal access token'));
      choose(/^Personal access token \*/, 'head.e30.sign');
      expect(screen.queryByText(/^This key/)).toBeNull();
      await press('Connect');
      await act(settle);
      expect(JSON.parse(server.next().body)).toMatchObject({
        kind: 'synapse',
        url: 'https://www.synapse.org',
        token: 'head.e30.sign'
      });
    });

    it('says what may be done there', async () => {
      await show([
        connection({ kind: 'gen3', rights: ['Download from DEV-test'] })
      ]);
      const rights = screen.getByRole('list', {
        name: 'What you may do there'
      });
      expect(rights.textContent).toBe('Download from DEV-test');
    });

    it('does not warn of what is open to everybody', async () => {
      const note = 'Open data can be found.';
      await show([
        connection({
          kind: 'gen3',
          state: 'disconnected',
          anonymous: true,
          note
        })
      ]);
      expect(screen.getByText('not connected, open data only')).toBeTruthy();
      expect(screen.getByText(note).className).toBe('jp-DataHub-hint');
    });
  });

  it('disconnects', async () => {
    await show([connection()]);
    await press('Disconnect from openBIS lab');
    await act(settle);
    const request = server.next();
    expect(request.route).toBe('PATCH connections/openbis-lab');
    expect(JSON.parse(request.body)).toEqual({ action: 'disconnect' });
    await act(() => request.answer(connection({ state: 'disconnected' })));
    expect(screen.getByText('not connected')).toBeTruthy();
  });

  it('asks before it deletes', async () => {
    await show([connection()]);
    await press('Delete the connection to openBIS lab');
    const dialog = await OpenDialog.find();
    expect(dialog.text).toContain('What was downloaded stays');
    await dialog.press('Delete');
    await act(settle);
    const request = server.next();
    expect(request.route).toBe('DELETE connections/openbis-lab');
    await act(() => request.answer({ connections: [] }));
    expect(screen.queryByRole('list')).toBeNull();
  });

  it('leaves what an administrator set up alone', async () => {
    await show([
      connection({ editable: false, configured_by: 'your administrator' })
    ]);
    expect(screen.queryByRole('button', { name: /^Delete/ })).toBeNull();
    expect(screen.getByText(/set up by your administrator/)).toBeTruthy();
  });

  it('says why the connections cannot be read', async () => {
    await show([]);
    server.rule = () => undefined;
    await act(async () => {
      void stage.hub.connections.refresh();
      await settle();
      await server.next().answer('', 500);
    });
    expect(screen.getByText('The connections cannot be read.')).toBeTruthy();
  });
});
