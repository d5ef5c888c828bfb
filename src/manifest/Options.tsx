import type { ReactElement } from 'react';

import type { TransferRequest } from '../api/models';
import { useSidebar } from '../browser/context';
import { Field } from '../modal/Field';

export type NameFormat = NonNullable<TransferRequest['filename_format']>;

/** What becomes of the files here. */
export interface IOptions {
  readonly folder: string;
  readonly format: NameFormat;
  readonly skip: boolean;
}

interface IProps {
  readonly options: IOptions;
  readonly busy: boolean;
  readonly onOptions: (options: IOptions) => void;
}

/** The folder of the files, their names, and whether what is there already is fetched again. */
export function Options({ options, busy, onOptions }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const formats: readonly [NameFormat, string][] = [
    ['original', trans.__('As in the manifest (counts.tsv)')],
    ['guid', trans.__('By their GUID (0c1d4e5f)')],
    ['combined', trans.__('Both (counts_0c1d4e5f.tsv)')]
  ];
  return (
    <>
      <Field label={trans.__('Folder')}>
        {control => (
          <input
            {...control}
            className="jp-DataHub-input"
            type="text"
            spellCheck={false}
            autoComplete="off"
            disabled={busy}
            value={options.folder}
            onChange={event =>
              onOptions({ ...options, folder: event.target.value })
            }
          />
        )}
      </Field>
      <Field label={trans.__('Names of the files')}>
        {control => (
          <select
            {...control}
            className="jp-DataHub-input"
            disabled={busy}
            value={options.format}
            onChange={event =>
              onOptions({
                ...options,
                format: event.target.value as NameFormat
              })
            }
          >
            {formats.map(([format, words]) => (
              <option key={format} value={format}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Field>
      <label className="jp-DataHub-check">
        <input
          type="checkbox"
          checked={options.skip}
          disabled={busy}
          onChange={event =>
            onOptions({ ...options, skip: event.target.checked })
          }
        />
        {trans.__(
          'Skip files that are already there, once their checksum agrees'
        )}
      </label>
    </>
  );
}
