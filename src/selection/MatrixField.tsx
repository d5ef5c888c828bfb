import { useId, type ReactElement } from 'react';

import type { Preview, Selection } from '../api/models';
import { useSidebar } from '../browser/context';
import type { SelectionModel } from './model';
import { matricesOf } from './words';

interface IProps {
  readonly model: SelectionModel;
  readonly selection: Selection;
  readonly facts: Preview;
}

/** Which matrix becomes X, and how its genes are named. */
export function MatrixField(props: IProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { model, selection, facts } = props;
  const id = useId();
  const matrices = matricesOf(facts, trans);
  const named = facts.var.symbols_in !== '';
  if (matrices.length < 2 && !named) {
    return null;
  }
  return (
    <div className="jp-DataHub-matrixField">
      {matrices.length > 1 && (
        <>
          <label htmlFor={id}>{trans.__('Matrix')}</label>
          <select
            id={id}
            value={selection.layer}
            onChange={event => model.setMatrix({ layer: event.target.value })}
          >
            {matrices.map(({ layer, label }) => (
              <option key={layer} value={layer}>
                {label}
              </option>
            ))}
          </select>
        </>
      )}
      {named && (
        <label className="jp-DataHub-tickField">
          <input
            type="checkbox"
            checked={selection.symbols}
            onChange={event =>
              model.setMatrix({ symbols: event.target.checked })
            }
          />{' '}
          {trans.__('Name genes by their symbols')}
        </label>
      )}
    </div>
  );
}
