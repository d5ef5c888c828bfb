import { useEffect, useRef, useState, type ReactElement } from 'react';

import type { TransferRequest } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { useAttempt } from '../browser/useAttempt';
import { useSignal } from '../browser/useSignal';
import { connectionTitle } from '../connections/words';
import { Field } from '../modal/Field';
import { FormActions } from '../modal/FormActions';
import { Cost } from './Cost';
import { readFile, type IManifestFile } from './file';
import { Options, type IOptions } from './Options';
import { readManifest } from './read';

interface IProps {
  readonly first: IManifestFile | null;
  readonly source: string;
  /** Gives whether it was begun. */
  readonly onStart: (request: Partial<TransferRequest>) => Promise<boolean>;
  readonly onClose: () => void;
}

/** Which manifest is fetched, from where, and what becomes of its files here. */
export function ManifestDialog(props: IProps): ReactElement {
  const { trans, connections } = useSidebar().hub;
  const { first, onStart, onClose } = props;
  const items = useSignal(connections.changed, () => connections.items);
  const commons = (items ?? []).filter(each => each.reads_manifests);
  const [chosen, setChosen] = useState(props.source);
  const [file, setFile] = useState(first);
  const [options, setOptions] = useState<IOptions>({
    folder: first ? folderOf(first.name) : '',
    format: 'original',
    skip: true
  });
  const { busy, error, attempt, forget } = useAttempt();
  const picker = useRef<HTMLInputElement>(null);
  const start = useRef<HTMLButtonElement>(null);
  const pick = useRef<HTMLButtonElement>(null);
  const manifest = file ? readManifest(file.text, trans) : null;
  const ready = manifest !== null && manifest.problem === '';
  const source = chosen || commons[0]?.name || '';

  useEffect(() => (ready ? start : pick).current?.focus(), [ready]);

  const take = async (picked: File | undefined): Promise<void> => {
    if (picked) {
      const taken = await readFile(picked);
      forget();
      setFile(taken);
      setOptions(before => ({ ...before, folder: folderOf(picked.name) }));
    }
  };
  const submit = (): void => {
    const text = file?.text;
    if (!text || !ready || busy) {
      return;
    }
    const { folder, format, skip } = options;
    void attempt(async () => {
      const begun = await onStart({
        source,
        manifest: text,
        name: folder.trim(),
        filename_format: format,
        skip_completed: skip
      });
      if (begun) {
        onClose();
      }
    });
  };
  if (items !== null && commons.length === 0) {
    return (
      <div className="jp-DataHub-modalBody">
        <p className="jp-DataHub-modalLead">
          {trans.__(
            'A manifest lists files of a Gen3 data commons. Add its commons under Connections first; open data need no key.'
          )}
        </p>
      </div>
    );
  }
  return (
    <div className="jp-DataHub-modalBody">
      <form
        className="jp-DataHub-form"
        aria-label={trans.__('Download from manifest')}
        noValidate
        onSubmit={event => {
          event.preventDefault();
          submit();
        }}
      >
        <Field
          label={trans.__('Manifest')}
          hint={trans.__(
            'A JSON list of files, as the exploration page of a commons lets you download it.'
          )}
          problem={
            manifest?.problem
              ? { message: manifest.problem, hint: '' }
              : undefined
          }
        >
          {control => (
            <div className="jp-DataHub-picked">
              <button
                {...control}
                ref={pick}
                aria-invalid={undefined}
                aria-required={undefined}
                type="button"
                className="jp-mod-styled jp-DataHub-choose"
                onClick={() => picker.current?.click()}
              >
                {file
                  ? trans.__('Choose another file…')
                  : trans.__('Choose file…')}
              </button>
              <span className="jp-DataHub-pickedName">{file?.name ?? ''}</span>
              <input
                ref={picker}
                hidden
                type="file"
                accept=".json,application/json"
                aria-label={trans.__('File with the manifest')}
                onChange={event => {
                  void take(event.target.files?.[0]);
                  event.target.value = '';
                }}
              />
            </div>
          )}
        </Field>
        {manifest && ready && <Cost manifest={manifest} />}
        {commons.length > 1 && (
          <Field label={trans.__('Commons')}>
            {control => (
              <select
                {...control}
                className="jp-DataHub-input"
                value={source}
                disabled={busy}
                onChange={event => setChosen(event.target.value)}
              >
                {commons.map(connection => (
                  <option key={connection.name} value={connection.name}>
                    {connectionTitle(connection)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        {ready && (
          <Options options={options} busy={busy} onOptions={setOptions} />
        )}
        {error !== null && (
          <ErrorNotice
            error={error}
            lead={trans.__('Nothing was begun.')}
            spoken
          />
        )}
        <FormActions
          submit={busy ? trans.__('Starting…') : trans.__('Download')}
          disabled={busy || !ready}
          button={start}
          trans={trans}
          onCancel={onClose}
        />
      </form>
    </div>
  );
}

/** The folder that is named like a manifest. */
function folderOf(name: string): string {
  return name.replace(/\.json$/i, '') || 'manifest';
}
