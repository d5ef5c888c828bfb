import { useId, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { Field } from '../modal/Field';
import type { IDraft, Problems } from './form';

interface IProps {
  readonly draft: IDraft;
  readonly problems: Problems;
  readonly busy: boolean;
  readonly onDraft: (change: Partial<IDraft>) => void;
}

/** What a user shows to be let in, and what is kept of it. */
export function Credentials(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { draft, problems, busy, onDraft } = props;
  const id = useId();
  const titles = {
    password: trans.__('User and password'),
    session: trans.__('Session token'),
    token: trans.__('Personal access token')
  };
  return (
    <fieldset className="jp-DataHub-fieldset" disabled={busy}>
      <legend>{trans.__('Log in with')}</legend>
      <div className="jp-DataHub-radios">
        {(['password', 'session', 'token'] as const).map(method => (
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
      {draft.method === 'password' ? (
        <div className="jp-DataHub-pair">
          <Field label={trans.__('User')} problem={problems.user} mandatory>
            {control => (
              <input
                {...control}
                className="jp-DataHub-input"
                type="text"
                spellCheck={false}
                autoCapitalize="off"
                autoComplete="username"
                value={draft.user}
                onChange={event => onDraft({ user: event.target.value })}
              />
            )}
          </Field>
          <Field
            label={trans.__('Password')}
            hint={trans.__('Used once and never kept.')}
            problem={problems.password}
            mandatory
          >
            {control => (
              <input
                {...control}
                className="jp-DataHub-input"
                type="password"
                autoComplete="current-password"
                value={draft.password}
                onChange={event => onDraft({ password: event.target.value })}
              />
            )}
          </Field>
        </div>
      ) : (
        <Field
          label={titles[draft.method === 'session' ? 'session' : 'token']}
          hint={
            draft.method === 'session'
              ? trans.__(
                  'Copy it from the user profile in openBIS. It ends with your session there.'
                )
              : trans.__('It begins with $pat- and is kept as it is.')
          }
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
      )}
      {draft.method !== 'token' && <MakeToken {...props} />}
    </fieldset>
  );
}

function MakeToken({ draft, problems, onDraft }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  return (
    <>
      <label className="jp-DataHub-check">
        <input
          type="checkbox"
          checked={draft.makeToken}
          onChange={event => onDraft({ makeToken: event.target.checked })}
        />
        {trans.__('Make a personal access token and keep that')}
      </label>
      {draft.makeToken ? (
        <Field
          className="jp-mod-inline"
          label={trans.__('Valid for (days)')}
          problem={problems.days}
        >
          {control => (
            <input
              {...control}
              className="jp-DataHub-input"
              type="number"
              min={1}
              max={3650}
              value={draft.days}
              onChange={event => onDraft({ days: event.target.value })}
            />
          )}
        </Field>
      ) : (
        <p className="jp-DataHub-hint">
          {trans.__(
            'The session is kept instead: it ends after some hours, and when openBIS is restarted.'
          )}
        </p>
      )}
    </>
  );
}
