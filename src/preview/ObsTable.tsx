import { useState, type ReactElement } from 'react';

import type { PreviewColumn } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';
import { useSignal } from '../browser/useSignal';
import { isChosen, valuesOf } from '../selection/filters';
import type { SelectionModel } from '../selection/model';
import { ColumnValues } from './ColumnValues';
import { kindWords, shareWords } from './words';

/** Columns that are shown before the rest is asked for. */
const FEW = 8;

interface IProps {
  readonly columns: readonly PreviewColumn[];
  /** The column the picture is coloured by. */
  readonly by: string;
  /** null where nothing can be chosen of the file. */
  readonly selection: SelectionModel | null;
  /** null where there is no picture. */
  readonly onColumn: ((name: string) => void) | null;
}

/** The columns of obs: first those that tell cells apart, then those that are the same for all. */
export function ObsTable(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { columns } = props;
  const [all, setAll] = useState(false);
  const sorted = [
    ...columns.filter(column => !isSame(column)),
    ...columns.filter(isSame)
  ];
  const hidden = sorted.length - FEW;
  const shown = all || hidden <= 2 ? sorted : sorted.slice(0, FEW);
  return (
    <div className="jp-DataHub-files jp-DataHub-obs">
      <table aria-label={trans.__('Columns of obs')}>
        <thead>
          <tr>
            <th scope="col">{trans.__('Column of obs')}</th>
            <th scope="col">{trans.__('Type')}</th>
            <th scope="col" className="jp-DataHub-number">
              {trans.__('Missing')}
            </th>
            <th scope="col">{trans.__('Values')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(column => (
            <Row key={column.name} {...props} column={column} />
          ))}
        </tbody>
      </table>
      {shown.length < sorted.length && (
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => setAll(true)}
        >
          {trans._n(
            '%2 more column',
            '%2 more columns',
            hidden,
            formatInteger(hidden)
          )}
        </button>
      )}
    </div>
  );
}

function Row({
  column,
  by,
  selection,
  onColumn
}: IProps & { readonly column: PreviewColumn }): ReactElement {
  const { trans } = useSidebar().hub;
  const { name, missing } = column;
  return (
    <tr>
      <th scope="row">
        {onColumn && column.colourable ? (
          <button
            type="button"
            className="jp-DataHub-link"
            aria-pressed={name === by}
            title={trans.__('Colour the cells by it')}
            onClick={() => onColumn(name)}
          >
            {name}
          </button>
        ) : (
          name
        )}
      </th>
      <td data-heading={trans.__('Type')} title={column.dtype}>
        {kindWords(column, trans)}
      </td>
      <td data-heading={trans.__('Missing')} className="jp-DataHub-number">
        {missing === null ? (
          '–'
        ) : missing === 0 ? (
          '0'
        ) : selection === null ? (
          shareWords(missing)
        ) : (
          <Missing name={name} share={missing} selection={selection} />
        )}
      </td>
      <td data-heading={trans.__('Values')} className="jp-DataHub-values">
        <ColumnValues column={column} selection={selection} />
      </td>
    </tr>
  );
}

/** The share of cells without a value, which can be chosen. */
function Missing({
  name,
  share,
  selection
}: {
  readonly name: string;
  readonly share: number;
  readonly selection: SelectionModel;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const { filters } = useSignal(selection.changed, () => selection.state);
  return (
    <button
      type="button"
      className="jp-DataHub-link jp-DataHub-obsValue"
      aria-pressed={isChosen(valuesOf(filters, name), null)}
      aria-label={trans.__('%1 missing: %2', name, shareWords(share))}
      title={trans.__('Choose cells without a value; with Alt leave them out')}
      onClick={event => selection.toggle(name, null, event.altKey, false)}
    >
      {shareWords(share)}
    </button>
  );
}

/** Whether all cells have one value in common. */
function isSame({ categories, missing }: PreviewColumn): boolean {
  return categories === 1 && !missing;
}
