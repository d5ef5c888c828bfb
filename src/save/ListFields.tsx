import { addIcon, closeIcon } from '@jupyterlab/ui-components';
import { useState, type ReactElement } from 'react';

import { sentences } from '../api/sentences';
import { useSidebar } from '../browser/context';
import { IconButton } from '../browser/IconButton';
import { Field } from '../modal/Field';
import { parentOf, type IDraft, type Problems } from './form';

interface IProps {
  readonly draft: IDraft;
  readonly problem: Problems[string] | undefined;
  readonly disabled: boolean;
  readonly onDraft: (change: Partial<IDraft>) => void;
}

/** The datasets that the notebook was made from; more can be added by their permId. */
export function ParentsField(
  props: IProps & { readonly host: string }
): ReactElement {
  const { trans } = useSidebar().hub;
  const { draft, problem, disabled, host, onDraft } = props;
  const [text, setText] = useState('');
  const parent = parentOf(text, host);
  const add = (): void => {
    if (parent && !draft.parents.some(({ ref }) => ref === parent.ref)) {
      onDraft({ parents: [...draft.parents, parent] });
    }
    setText('');
  };
  return (
    <Field
      label={trans.__('Made from')}
      hint={trans.__(
        'The datasets that this notebook used come first; add others by their permId.'
      )}
      problem={problem}
    >
      {control => (
        <>
          <Items
            label={trans.__('Datasets it was made from')}
            items={draft.parents.map(({ ref, title }) => ({
              key: ref,
              title,
              note: ref.split('/').pop() ?? ''
            }))}
            disabled={disabled}
            onRemove={key =>
              onDraft({
                parents: draft.parents.filter(({ ref }) => ref !== key)
              })
            }
          />
          <div className="jp-DataHub-line">
            <input
              {...control}
              className="jp-DataHub-input"
              type="text"
              spellCheck={false}
              autoComplete="off"
              disabled={disabled}
              placeholder="20261121070500000-1"
              value={text}
              onChange={event => setText(event.target.value)}
              onKeyDown={event => {
                if (event.key === 'Enter' && text) {
                  event.preventDefault();
                  add();
                }
              }}
            />
            <IconButton
              icon={addIcon}
              label={trans.__('Add the dataset')}
              text={trans.__('Add')}
              disabled={disabled || !parent}
              onClick={add}
            />
          </div>
        </>
      )}
    </Field>
  );
}

/** What goes with the notebook: its page, its environment and files of the user's choice. */
export function FilesField(
  props: IProps & { readonly choose: () => Promise<readonly string[]> }
): ReactElement {
  const { trans } = useSidebar().hub;
  const { draft, problem, disabled, choose, onDraft } = props;
  const add = async (): Promise<void> => {
    const paths = await choose();
    onDraft({ files: [...new Set([...draft.files, ...paths])] });
  };
  return (
    <fieldset className="jp-DataHub-fieldset" disabled={disabled}>
      <legend>{trans.__('Files')}</legend>
      <p className="jp-DataHub-hint">
        {trans.__('The notebook itself and what it was made from always go.')}
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
        onClick={() => void add()}
      >
        {trans.__('Add files…')}
      </button>
      {problem && (
        <p className="jp-DataHub-problem" role="alert">
          {sentences([problem.message, problem.hint])}
        </p>
      )}
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
    </fieldset>
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

interface IItemsProps {
  readonly label: string;
  readonly items: readonly {
    readonly key: string;
    readonly title: string;
    readonly note: string;
  }[];
  readonly disabled: boolean;
  readonly onRemove: (key: string) => void;
}

function Items(props: IItemsProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { label, items, disabled, onRemove } = props;
  return items.length === 0 ? null : (
    <ul className="jp-DataHub-items" aria-label={label}>
      {items.map(({ key, title, note }) => (
        <li key={key}>
          <span title={key}>{title}</span>
          {note && note !== title && (
            <span className="jp-DataHub-quiet">{note}</span>
          )}
          <IconButton
            icon={closeIcon}
            label={trans.__('Take away %1', title)}
            disabled={disabled}
            onClick={() => onRemove(key)}
          />
        </li>
      ))}
    </ul>
  );
}
