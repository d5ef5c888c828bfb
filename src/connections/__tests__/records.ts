import type { Connection } from '../../api/models';

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
    ...change
  };
}
