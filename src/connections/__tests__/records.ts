import type { Connection, ConnectionKind } from '../../api/models';

/** A connection that lets us in. */
export function connection(change: Partial<Connection> = {}): Connection {
  return {
    name: 'openbis-lab',
    kind: 'openbis',
    title: 'openBIS lab',
    url: 'https://openbis.example.org',
    verify_tls: true,
    ca_bundle: '',
    state: 'connected',
    user: 'ada',
    method: 'personal access token',
    expires: '2099-01-02T03:04:05Z',
    kept: 'in the system keyring',
    configured_by: 'you',
    editable: true,
    note: '',
    error: null,
    anonymous: false,
    rights: [],
    has_graphql: false,
    reads_manifests: false,
    open: false,
    can_save: false,
    ...change
  };
}

/** What one can connect to. */
export const KINDS: readonly ConnectionKind[] = [
  {
    kind: 'gen3',
    title: 'Gen3',
    methods: ['key', 'profile', 'token', 'workspace'],
    example: 'https://gen3.example.org',
    profiles: [
      {
        name: 'lab',
        url: 'https://lab.example.org',
        file: '~/.gen3/gen3_client_config.ini'
      }
    ]
  },
  {
    kind: 'openbis',
    title: 'openBIS',
    methods: ['password', 'token'],
    example: 'https://openbis.example.org',
    profiles: []
  },
  {
    kind: 'synapse',
    title: 'Synapse',
    methods: ['token', 'profile'],
    example: 'https://www.synapse.org',
    profiles: []
  }
];

/** The text of a key that says where it is of. */
export function credentials(issuer: string): string {
  const payload = { iss: `${issuer}/user`, exp: 4_102_444_800, pur: 'api_key' };
  const part = btoa(JSON.stringify(payload)).replace(/=+$/, '');
  return JSON.stringify({ api_key: `head.${part}.sign`, key_id: 'one' });
}
