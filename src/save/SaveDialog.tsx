import { useEffect, useRef, useState, type ReactElement } from 'react';

import type { Transfer } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { Skeleton } from '../browser/Skeleton';
import { useSignal } from '../browser/useSignal';
import { connectionTitle } from '../connections/words';
import { Field } from '../modal/Field';
import { FormActions } from '../modal/FormActions';
import { CommandIDs } from '../tokens';
import { isFinal } from '../transfers/states';
import {
  check,
  fieldsOf,
  hostOf,
  parentsOf,
  problemsOf,
  requestOf,
  typeOf,
  withDefaults,
  type IDraft,
  type Problems
} from './form';
import { FilesField } from './FilesField';
import type { INotebook } from './notebook';
import { OwnerField } from './OwnerField';
import { ParentsField } from './ParentsField';
import { PropertyField } from './PropertyField';
import { StoreField } from './StoreField';
import { useForm } from './useForm';

interface IProps {
  readonly notebook: INotebook;
  readonly first: IDraft;
  /** Told each change, so that nothing typed is lost where the dialog is closed. */
  readonly onDraft: (draft: IDraft) => void;
  /** @param again - Whether the same was under way before. */
  readonly onSaved: (transfer: Transfer, draft: IDraft, again: boolean) => void;
  readonly onClose: () => void;
}

/** Where a notebook is saved to, as what, and with what. */
export function SaveDialog(props: IProps): ReactElement {
  const { hub, commands } = useSidebar();
  const { trans, connections } = hub;
  const { notebook, first, onDraft, onSaved, onClose } = props;
  const items = useSignal(connections.changed, () => connections.stores);
  const { takers } = connections;
  const [draft, setDraft] = useState(first);
  const [problems, setProblems] = useState<Problems>({});
  const [busy, setBusy] = useState('');
  /** Counts the answers, as the cursor goes to what each finds wrong. */
  const [turn, setTurn] = useState(0);
  const body = useRef<HTMLFormElement>(null);
  const connection =
    takers.find(({ name }) => name === draft.source) ?? takers[0];
  const source = connection?.name ?? '';
  const host = hostOf(connection?.url ?? '');
  const kind = connection?.kind ?? '';
  const { form, failure, again } = useForm(source);
  const type = form && typeOf(form, draft);

  const forgive = (field: string): void =>
    setProblems(({ [field]: _, ...others }) => others);
  const change = (part: Partial<IDraft>): void => {
    Object.keys(part).forEach(forgive);
    setDraft(before => ({ ...before, ...part }));
  };
  useEffect(() => {
    onDraft(draft);
  }, [draft, onDraft]);
  // Another store has other owners, types and datasets.
  useEffect(() => {
    setDraft(before =>
      before.source === source
        ? before
        : {
            ...before,
            source,
            ...(before.source ? { owner: null, ownerText: '' } : {}),
            parents: parentsOf(notebook.inputs, kind, host)
          }
    );
  }, [source, kind, host, notebook]);
  useEffect(() => {
    if (form) {
      const { name, plain } = notebook;
      setDraft(before => withDefaults(before, form, name, plain));
    }
  }, [form, notebook]);
  useEffect(() => {
    body.current
      ?.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid]')
      ?.focus();
  }, [turn]);

  const submit = async (): Promise<void> => {
    if (!form || busy) {
      return;
    }
    const wrong = check(draft, form, trans);
    setProblems(wrong);
    setTurn(before => before + 1);
    if (Object.keys(wrong).length > 0) {
      return;
    }
    try {
      setBusy(notebook.plain ? '' : trans.__('Saving the notebook…'));
      await notebook.save(draft.keepHistory);
      setBusy(trans.__('Handing it over…'));
      const request = requestOf(draft, form, notebook.path);
      // Events may tell of a transfer before the answer does that it is the one begun here.
      const before = hub.transfers.items.filter(each => !isFinal(each.state));
      const transfer = await hub.client.save(request);
      const again = before.some(({ id }) => id === transfer.id);
      onSaved(transfer, draft, again);
      onClose();
    } catch (error) {
      setProblems(problemsOf(error, form, draft, trans));
      setTurn(before => before + 1);
    } finally {
      setBusy('');
    }
  };
  if (items !== null && !connection) {
    return (
      <div className="jp-DataHub-modalBody">
        <p className="jp-DataHub-modalLead">
          {trans.__('No store lets you in just now. Connect to one first.')}
        </p>
        <div className="jp-DataHub-formActions">
          <button
            type="button"
            className="jp-mod-styled jp-mod-accept"
            onClick={() => {
              void commands.execute(CommandIDs.connections);
            }}
          >
            {trans.__('Connections')}
          </button>
        </div>
      </div>
    );
  }
  const shared = { draft, disabled: busy !== '', onDraft: change };
  return (
    <form
      ref={body}
      className="jp-DataHub-saveForm"
      noValidate
      aria-label={trans.__('Save %1', notebook.name)}
      onSubmit={event => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className="jp-DataHub-modalBody jp-DataHub-form">
        <StoreField
          {...shared}
          takers={takers}
          source={source}
          inputs={notebook.inputs}
        />
        {failure !== null && (
          <ErrorNotice
            error={failure}
            lead={trans.__('The store does not say what it wants to know.')}
            spoken
            onRetry={again}
          />
        )}
        {!form && failure === null && <Skeleton rows={4} />}
        {form && (
          <>
            <OwnerField {...shared} kind={kind} problem={problems.owner} />
            <Field
              label={trans.__('Type')}
              hint={type?.description}
              problem={problems.type}
              mandatory
            >
              {control => (
                <select
                  {...control}
                  className="jp-DataHub-input"
                  value={draft.type}
                  disabled={busy !== ''}
                  onChange={event => {
                    setProblems({});
                    change({ type: event.target.value });
                  }}
                >
                  {form.types.map(({ code }) => (
                    <option key={code} value={code}>
                      {code}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            {fieldsOf(type).map((field, index, fields) => (
              <div key={field.code} className="jp-DataHub-property">
                {field.section &&
                  field.section !== fields[index - 1]?.section && (
                    <h3>{field.section}</h3>
                  )}
                <PropertyField
                  field={field}
                  source={source}
                  values={draft.values[field.code] ?? []}
                  problem={problems[field.code]}
                  disabled={busy !== ''}
                  onValues={values => {
                    forgive(field.code);
                    setDraft(before => ({
                      ...before,
                      values: { ...before.values, [field.code]: values }
                    }));
                  }}
                />
              </div>
            ))}
            <ParentsField
              {...shared}
              kind={kind}
              host={host}
              problem={problems.parents}
            />
            <FilesField
              {...shared}
              plain={notebook.plain}
              choose={() => notebook.chooseFiles()}
              problem={problems.files}
            />
          </>
        )}
      </div>
      <div className="jp-DataHub-modalFoot">
        {problems.form && (
          <ErrorNotice
            error={{
              code: 'save',
              source,
              retry_after: null,
              ...problems.form
            }}
            lead={trans.__('%1 was not saved to the store.', notebook.name)}
            spoken
          />
        )}
        <FormActions
          submit={
            connection
              ? trans.__('Save to %1', connectionTitle(connection))
              : trans.__('Save')
          }
          disabled={!form || busy !== ''}
          trans={trans}
          onCancel={onClose}
        >
          <span className="jp-DataHub-busy" role="status">
            {busy || problemCount(problems)}
          </span>
        </FormActions>
      </div>
    </form>
  );

  function problemCount(all: Problems): string {
    const count = Object.keys(all).filter(field => field !== 'form').length;
    return count > 0
      ? trans._n(
          '%1 field needs another look.',
          '%1 fields need another look.',
          count
        )
      : '';
  }
}
