import { useEffect, useId, useRef, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { Field } from '../modal/Field';
import { FormActions } from '../modal/FormActions';
import type { ConnectionKind } from '../api/models';
import { CommonsCredentials } from './CommonsCredentials';
import { Credentials } from './Credentials';
import { forKind, type IDraft, type Problems } from './form';
import { exampleOf, OPENBIS } from './kinds';
import { SYNAPSE } from './tokenWords';

interface IProps {
  readonly draft: IDraft;
  /** The kinds of stores that one can connect to. */
  readonly kinds: readonly ConnectionKind[];
  readonly problems: Problems;
  readonly busy: boolean;
  readonly onDraft: (change: Partial<IDraft>) => void;
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
}

/** Where to connect to and with what; what went wrong stands beside what was typed. */
export function ConnectionForm(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { draft, kinds, problems, busy, onDraft, onSubmit, onCancel } = props;
  const openbis = draft.kind === OPENBIS;
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const isNew = draft.name === '';
  const heading = isNew
    ? trans.__('New connection')
    : trans.__('Connect to %1', draft.title);

  // The cursor goes to the first thing to do: what is wrong, else what is empty.
  useEffect(() => {
    const fields = [
      ...(form.current?.querySelectorAll<
        HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement
      >('input, textarea, select') ?? [])
    ];
    const wrong = fields.find(
      field => field.getAttribute('aria-invalid') === 'true'
    );
    const first = fields.find(
      field => /^(text|textarea|url|password)$/.test(field.type) && !field.value
    );
    (wrong ?? first)?.focus();
    // What is wrong is said below the field.
    wrong?.closest('.jp-DataHub-field')?.scrollIntoView?.({ block: 'nearest' });
  }, [problems]);

  const text = (name: 'title' | 'url'): object => ({
    className: 'jp-DataHub-input',
    value: draft[name],
    disabled: busy,
    onChange: (event: { target: HTMLInputElement }) =>
      onDraft({ [name]: event.target.value })
  });
  // What lets us in at a commons says where it is of, so its address comes after.
  const address = (
    <Field label={trans.__('Address')} problem={problems.url} mandatory>
      {control => (
        <input
          {...control}
          {...text('url')}
          type="url"
          inputMode="url"
          spellCheck={false}
          autoComplete="url"
          placeholder={exampleOf(draft.kind, kinds)}
        />
      )}
    </Field>
  );
  return (
    <form
      ref={form}
      className="jp-DataHub-form"
      aria-labelledby={id}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <h3 id={id}>{heading}</h3>
      {isNew && kinds.length > 1 && (
        <Field label={trans.__('Kind of store')}>
          {control => (
            <select
              {...control}
              className="jp-DataHub-input"
              value={draft.kind}
              disabled={busy}
              onChange={event =>
                onDraft({
                  // The address of the one Synapse is of no use elsewhere.
                  ...(draft.kind === SYNAPSE && { url: '' }),
                  ...forKind(event.target.value, kinds)
                })
              }
            >
              {kinds.map(({ kind, title }) => (
                <option key={kind} value={kind}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {isNew && (
        <Field label={trans.__('Name')} problem={problems.title} mandatory>
          {control => (
            <input
              {...control}
              {...text('title')}
              type="text"
              maxLength={80}
              autoComplete="off"
              placeholder={openbis ? trans.__('openBIS of the lab') : undefined}
            />
          )}
        </Field>
      )}
      {openbis ? (
        <>
          {address}
          <Credentials {...props} />
        </>
      ) : (
        <>
          <CommonsCredentials {...props} />
          {address}
        </>
      )}
      <Tls {...props} />
      {problems.form && (
        <ErrorNotice
          error={problems.form}
          lead={trans.__('The connection was not made.')}
          spoken
        />
      )}
      <FormActions
        submit={busy ? trans.__('Connecting…') : trans.__('Connect')}
        disabled={busy}
        trans={trans}
        onCancel={onCancel}
      />
    </form>
  );
}

/** How the server proves who it is; open where that is not as usual. */
function Tls(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { draft, problems, busy, onDraft } = props;
  const unusual =
    !draft.verify || draft.caBundle !== '' || problems.caBundle !== undefined;
  return (
    <details className="jp-DataHub-tls" open={unusual || undefined}>
      <summary>{trans.__('Certificate of the server')}</summary>
      <Field
        label={trans.__('CA bundle')}
        hint={trans.__(
          'A PEM file on the machine of the Jupyter server with the certificates to trust. Empty: those of the system.'
        )}
        problem={problems.caBundle}
      >
        {control => (
          <input
            {...control}
            className="jp-DataHub-input"
            type="text"
            spellCheck={false}
            autoComplete="off"
            disabled={busy || !draft.verify}
            value={draft.caBundle}
            onChange={event => onDraft({ caBundle: event.target.value })}
          />
        )}
      </Field>
      <label className="jp-DataHub-check">
        <input
          type="checkbox"
          checked={draft.verify}
          disabled={busy}
          onChange={event => onDraft({ verify: event.target.checked })}
        />
        {trans.__('Verify the certificate')}
      </label>
      {!draft.verify && <Unverified />}
    </details>
  );
}

function Unverified(): ReactElement {
  const { trans } = useSidebar().hub;
  const warning = useRef<HTMLParagraphElement>(null);
  // It is the last of the form, below what is in sight.
  useEffect(() => {
    warning.current?.scrollIntoView?.({ block: 'nearest' });
  }, []);
  return (
    <p ref={warning} className="jp-DataHub-notice jp-mod-warning" role="status">
      <strong>{trans.__('The certificate is not verified.')}</strong>{' '}
      {trans.__(
        'Anybody on the network can pretend to be this server and read your password and your data. Better give the certificate as a CA bundle.'
      )}
    </p>
  );
}
