import { useId, type ReactElement } from 'react';

import type { ConnectionKind } from '../api/models';
import { useSidebar } from '../browser/context';
import { Field } from '../modal/Field';
import { Claims } from './Claims';
import type { IDraft, Problems } from './form';
import { claimsOf } from './key';
import { KeyField } from './KeyField';
import { methodsOf } from './kinds';
import { methodWords, SYNAPSE } from './tokenWords';

interface IProps {
  readonly draft: IDraft;
  readonly kinds: readonly ConnectionKind[];
  readonly problems: Problems;
  readonly busy: boolean;
  readonly onDraft: (change: Partial<IDraft>) => void;
}

/** What a user shows at a data commons or Synapse: a key, a profile, a token, a workspace. */
export function CommonsCredentials(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { draft, kinds, problems, busy, onDraft } = props;
  const id = useId();
  const { titles } = methodWords(draft.kind, trans);
  return (
    <fieldset className="jp-DataHub-fieldset" disabled={busy}>
      <legend>{trans.__('Log in with')}</legend>
      <div className="jp-DataHub-radios">
        {methodsOf(draft.kind, kinds).map(method => (
          <label key={method} className="jp-DataHub-check">
            <input
              type="radio"
              name={id}
              checked={draft.method === method}
              onChange={() => onDraft({ method })}
            />
            {titles[method]}
          </label>
        ))}
      </div>
      {draft.method === 'key' && <KeyField {...props} />}
      {draft.method === 'profile' && <ProfileField {...props} />}
      {draft.method === 'token' && <TokenField {...props} />}
      {draft.method === 'workspace' && (
        <>
          <p className="jp-DataHub-hint">
            {trans.__(
              'In a workspace of the commons you are known already; nothing is kept here.'
            )}
          </p>
          {problems.workspace && (
            <p className="jp-DataHub-problem" role="alert">
              {problems.workspace.message}
            </p>
          )}
        </>
      )}
    </fieldset>
  );
}

function ProfileField(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { draft, kinds, problems, onDraft } = props;
  const words = methodWords(draft.kind, trans);
  const profiles =
    kinds.find(({ kind }) => kind === draft.kind)?.profiles ?? [];
  if (profiles.length === 0) {
    return <p className="jp-DataHub-hint">{words.noProfiles}</p>;
  }
  return (
    <Field
      label={trans.__('Profile')}
      hint={words.profileHint.replace('%1', profiles[0].file)}
      problem={problems.profile}
      mandatory
    >
      {control => (
        <select
          {...control}
          className="jp-DataHub-input"
          value={draft.profile}
          onChange={event => {
            const profile = event.target.value;
            const found = profiles.find(({ name }) => name === profile);
            // Who made the profile has named its commons, so it needs no second word.
            onDraft({ profile, url: found?.url || draft.url });
          }}
        >
          <option value="">{trans.__('Choose a profile')}</option>
          {profiles.map(({ name, url }) => (
            <option key={name} value={name}>
              {url ? `${name} (${url})` : name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function TokenField({ draft, problems, onDraft }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const words = methodWords(draft.kind, trans);
  // A token of Synapse says nothing of where it is from.
  const claims = draft.kind === SYNAPSE ? null : claimsOf(draft.token);
  return (
    <>
      <Field
        label={words.titles.token}
        hint={words.tokenHint}
        problem={problems.token}
        mandatory
      >
        {control => (
          <input
            {...control}
            className="jp-DataHub-input"
            type="password"
            spellCheck={false}
            autoComplete="off"
            value={draft.token}
            onChange={event => onDraft({ token: event.target.value })}
          />
        )}
      </Field>
      {claims && <Claims claims={claims} url={draft.url} onDraft={onDraft} />}
    </>
  );
}
