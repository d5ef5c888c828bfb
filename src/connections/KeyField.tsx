import { useId, useRef, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { Field } from '../modal/Field';
import { Claims } from './Claims';
import type { IDraft, Problems } from './form';
import { readKey } from './key';

/** Characters of a credentials.json; what is longer is something else. */
const MOST = 100_000;

interface IProps {
  readonly draft: IDraft;
  readonly problems: Problems;
  readonly onDraft: (change: Partial<IDraft>) => void;
}

/** The credentials.json of a commons: chosen, dropped or pasted, and what it says of itself. */
export function KeyField({ draft, problems, onDraft }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const file = useRef<HTMLInputElement>(null);
  const id = useId();
  const { key } = draft;
  const { problem, claims } = readKey(key, trans);
  const read = async (chosen: File | undefined): Promise<void> => {
    if (chosen) {
      onDraft({ key: (await chosen.slice(0, MOST).text()).trim() });
    }
  };
  const told =
    problems.key ??
    (key && problem ? { message: problem, hint: '' } : undefined);
  return (
    <>
      <Field
        label={trans.__('credentials.json')}
        hint={trans.__(
          'Your profile page of the commons lets you create a key and download it. Paste its text, drop the file here, or choose it.'
        )}
        problem={told}
        mandatory
      >
        {control => (
          <textarea
            {...control}
            className="jp-DataHub-input jp-DataHub-keyText"
            rows={2}
            spellCheck={false}
            autoComplete="off"
            value={key}
            onChange={event => onDraft({ key: event.target.value })}
            onDragOver={event => event.preventDefault()}
            onDrop={event => {
              const dropped = event.dataTransfer.files[0];
              if (dropped) {
                event.preventDefault();
                void read(dropped);
              }
            }}
          />
        )}
      </Field>
      <div>
        <button
          type="button"
          className="jp-mod-styled jp-DataHub-choose"
          aria-controls={id}
          onClick={() => file.current?.click()}
        >
          {trans.__('Choose file…')}
        </button>
        <input
          ref={file}
          id={id}
          hidden
          type="file"
          accept=".json,application/json"
          aria-label={trans.__('File with the key')}
          onChange={event => {
            void read(event.target.files?.[0]);
            // The same file can be chosen again after it was corrected.
            event.target.value = '';
          }}
        />
      </div>
      {key && !problem && (
        <Claims claims={claims} url={draft.url} onDraft={onDraft} />
      )}
    </>
  );
}
