import type { TranslationBundle } from '@jupyterlab/translation';

import type { Method } from './kinds';

/** The kind of store that lets people in with personal access tokens alone. */
export const SYNAPSE = 'synapse';

/** How what a user can show at the door is called where it is. */
export interface IMethodWords {
  readonly titles: { readonly [method in Method]: string };
  readonly tokenHint: string;
  readonly noProfiles: string;
  /** How another tool keeps profiles; its file is put in. */
  readonly profileHint: string;
}

export function methodWords(
  kind: string,
  trans: TranslationBundle
): IMethodWords {
  const titles = {
    password: trans.__('User and password'),
    session: trans.__('Session token'),
    key: trans.__('Key'),
    profile: trans.__('Profile of gen3-client'),
    token: trans.__('Access token'),
    workspace: trans.__('Workspace')
  };
  return kind === SYNAPSE
    ? {
        titles: {
          ...titles,
          profile: trans.__('Profile of synapseclient'),
          token: trans.__('Personal access token')
        },
        tokenHint: trans.__(
          'Make one at synapse.org under Account settings, with the permissions View and Download. It is kept here and shown to nobody else.'
        ),
        noProfiles: trans.__(
          'There are no profiles of synapseclient with a token on the machine of the Jupyter server. Give the token itself.'
        ),
        profileHint: trans.__('As synapseclient keeps them in %1.')
      }
    : {
        titles,
        tokenHint: trans.__(
          'It ends after some minutes to hours; a key lasts for weeks and is renewed by itself.'
        ),
        noProfiles: trans.__(
          'There are no profiles of gen3-client on the machine of the Jupyter server. Give the credentials.json itself.'
        ),
        profileHint: trans.__('As gen3-client keeps them in %1.')
      };
}
