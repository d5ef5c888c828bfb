import { useId, type ReactElement } from 'react';

import { sentences } from '../api/sentences';
import { useSidebar } from '../browser/context';
import type { IDraft, Problems } from './form';
import { Items } from './Items';

interface IProps {
  readonly draft: IDraft;
  /** Whether there is no notebook, so that nothing is made of it. */
  readonly plain: boolean;
  readonly choose: () => Promise<readonly string[]>;
  readonly problem: Problems[string] | undefined;
  readonly disabled: boolean;
  readonly onDraft: (change: Partial<IDraft>) => void;
}

/** What goes with the notebook: its page, its environment and files of the user's choice. */
export function FilesField(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { draft, plain, problem, disabled, choose, onDraft } = props;
  const problemId = useId();
  const add = async (): Promise<void> => {
    const paths = await choose();
    onDraft({ files: [...new Set([...draft.files, ...paths])] });
  };
  return (
    <fieldset className="jp-DataHub-fieldset" disabled={disabled}>
      <legend>{trans.__('Files')}</legend>
      <p className="jp-DataHub-hint">
        {plain
          ? trans.__('It goes as it is, with a record of when and from where.')
          : trans.__(
              'The notebook itself and what it was made from always go.'
            )}
      </p>
      <Items
        label={trans.__('Files to save with it')}
        items={draft.files.map(path => ({ key: path, title: path, note: '' }))}
        disabled={disabled}
        onRemove={path =>
          onDraft({ files: draft.files.filter(each => each !== path) })
        }
      />
      <button
        type="button"
        className="jp-mod-styled jp-DataHub-pick"
        data-invalid={problem ? true : undefined}
        aria-describedby={problem ? problemId : undefined}
        onClick={() => void add()}
      >
        {trans.__('Add files…')}
      </button>
      {problem && (
        <p id={problemId} className="jp-DataHub-problem" role="alert">
          {sentences([problem.message, problem.hint])}
        </p>
      )}
      {!plain && <OfNotebook draft={draft} onDraft={onDraft} />}
    </fieldset>
  );
}

/** What is made of a notebook when it is saved. */
function OfNotebook(props: Pick<IProps, 'draft' | 'onDraft'>): ReactElement {
  const { trans } = useSidebar().hub;
  const { draft, onDraft } = props;
  return (
    <>
      <Check
        label={trans.__('Also as a web page, to be read without Jupyter')}
        checked={draft.html}
        onChecked={html => onDraft({ html })}
      />
      <Check
        label={trans.__('With the list of installed packages')}
        checked={draft.environment}
        onChecked={environment => onDraft({ environment })}
      />
      <Check
        label={trans.__('As the next version of this notebook in the store')}
        checked={draft.keepHistory}
        onChecked={keepHistory => onDraft({ keepHistory })}
      />
    </>
  );
}

interface ICheckProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChecked: (checked: boolean) => void;
}

function Check(props: ICheckProps): ReactElement {
  const { label, checked, onChecked } = props;
  return (
    <label className="jp-DataHub-check">
      <input
        type="checkbox"
        checked={checked}
        onChange={event => onChecked(event.target.checked)}
      />
      {label}
    </label>
  );
}
