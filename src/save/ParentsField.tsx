import { addIcon } from '@jupyterlab/ui-components';
import { useCallback, useState, type ReactElement } from 'react';

import type { Hit } from '../api/models';
import { useSidebar } from '../browser/context';
import { IconButton } from '../browser/IconButton';
import { Combo } from '../modal/Combo';
import { Field } from '../modal/Field';
import { parentOf, type IDraft, type IParent, type Problems } from './form';
import { Items } from './Items';
import { useFound } from './useFound';

/** Datasets that are offered for a text. */
const SHOWN = '12';

interface IProps {
  readonly draft: IDraft;
  readonly problem: Problems[string] | undefined;
  readonly disabled: boolean;
  readonly kind: string;
  readonly host: string;
  readonly onDraft: (change: Partial<IDraft>) => void;
}

/** The datasets that the notebook was made from; more are found by their words or identifier. */
export function ParentsField(props: IProps): ReactElement {
  const { client, trans } = useSidebar().hub;
  const { draft, problem, disabled, kind, host, onDraft } = props;
  const { source, parents } = draft;
  const [text, setText] = useState('');
  const ask = useCallback(
    async (typed: string, signal: AbortSignal): Promise<Hit[]> => {
      if (!typed || !source) {
        return [];
      }
      const params = new URLSearchParams({ text: typed, limit: SHOWN });
      return (await client.searchSource(source, params, signal)).hits;
    },
    [client, source]
  );
  const [hits, searching] = useFound(ask, text);
  const offered = text.trim() ? hits : [];
  const typed = parentOf(text, kind, host);
  const add = (parent: IParent | null): void => {
    if (parent && !parents.some(({ ref }) => ref === parent.ref)) {
      onDraft({ parents: [...parents, parent] });
    }
    if (parent) {
      setText('');
    }
  };
  return (
    <Field
      label={trans.__('Made from')}
      hint={
        kind === 'openbis'
          ? trans.__(
              'The datasets that this notebook used come first; add others by their name or permId.'
            )
          : trans.__(
              'What this notebook used of the store comes first; add others by their name or identifier.'
            )
      }
      problem={problem}
    >
      {control => (
        <>
          <Items
            label={trans.__('Datasets it was made from')}
            items={parents.map(({ ref, title }) => ({
              key: ref,
              title,
              note: ref.split('/').pop() ?? ''
            }))}
            disabled={disabled}
            onRemove={key =>
              onDraft({ parents: parents.filter(({ ref }) => ref !== key) })
            }
          />
          <div className="jp-DataHub-line">
            <Combo
              control={control}
              text={text}
              options={offered.map(({ ref, title, id, collection }) => ({
                key: ref,
                label: title,
                note: [collection, id].filter(Boolean).join(' · ')
              }))}
              empty={
                searching || typed
                  ? ''
                  : trans.__('The store finds no dataset with these words.')
              }
              placeholder={trans.__('Search datasets of the store')}
              disabled={disabled}
              stale={searching}
              onText={setText}
              onEnter={() => add(typed)}
              onChoose={({ key, label }) => add({ ref: key, title: label })}
            />
            <IconButton
              icon={addIcon}
              label={trans.__('Add the dataset')}
              text={trans.__('Add')}
              disabled={disabled || !typed}
              onClick={() => add(typed)}
            />
          </div>
        </>
      )}
    </Field>
  );
}
