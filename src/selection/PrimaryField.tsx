import type { ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { shareWords } from '../preview/words';
import { valuesOf, type Filter } from './filters';
import type { SelectionModel } from './model';

/** The column of the CELLxGENE schema that says whether a cell is nowhere else. */
const PRIMARY = 'is_primary_data';

interface IProps {
  readonly model: SelectionModel;
  readonly filters: readonly Filter[];
  /** The share of cells that are primary data. */
  readonly share: number;
}

/** Leaves out cells that are in another dataset as well. */
export function PrimaryField(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { model, filters, share } = props;
  const known = valuesOf(filters, PRIMARY);
  const checked =
    known !== null && !known.not && known.values.join() === 'true';
  return (
    <label className="jp-DataHub-tickField">
      <input
        type="checkbox"
        checked={checked}
        onChange={() =>
          model.replace(
            known,
            checked
              ? null
              : {
                  kind: 'values',
                  column: PRIMARY,
                  values: [true],
                  missing: false,
                  not: false
                }
          )
        }
      />{' '}
      {trans.__('Primary data only (%1 of the cells)', shareWords(share))}
    </label>
  );
}
