import type { ReactElement } from 'react';

import type { Connection } from '../api/models';
import { useSidebar } from '../browser/context';
import { connectionTitle } from '../connections/words';
import { Field } from '../modal/Field';
import { hostOf, parentsOf, type IDraft } from './form';
import type { INotebook } from './notebook';

interface IProps {
  readonly takers: readonly Connection[];
  readonly source: string;
  readonly inputs: INotebook['inputs'];
  readonly disabled: boolean;
  readonly onDraft: (change: Partial<IDraft>) => void;
}

/** The store a notebook is saved to, where there is more than one; each has other datasets. */
export function StoreField(props: IProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { takers, source, inputs, disabled, onDraft } = props;
  const choose = (name: string): void => {
    const chosen = takers.find(each => each.name === name);
    onDraft({
      source: name,
      owner: null,
      ownerText: '',
      parents: parentsOf(inputs, chosen?.kind ?? '', hostOf(chosen?.url ?? ''))
    });
  };
  if (takers.length < 2) {
    return null;
  }
  return (
    <Field label={trans.__('Store')}>
      {control => (
        <select
          {...control}
          className="jp-DataHub-input"
          value={source}
          disabled={disabled}
          onChange={event => choose(event.target.value)}
        >
          {takers.map(each => (
            <option key={each.name} value={each.name}>
              {connectionTitle(each)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
