import { useState, type ReactElement } from 'react';

import type { PreviewColumn } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';
import { Histogram } from './Histogram';
import { kindWords, rangeWords, shareWords } from './words';

/** Columns that are shown before the rest is asked for. */
const FEW = 8;
/** Values that are named before the rest is asked for. */
const VALUES = 4;

interface IProps {
  readonly columns: readonly PreviewColumn[];
  /** The column the picture is coloured by. */
  readonly by: string;
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
        {missing === null ? '–' : missing === 0 ? '0' : shareWords(missing)}
      </td>
      <td data-heading={trans.__('Values')} className="jp-DataHub-values">
        <Values column={column} />
      </td>
    </tr>
  );
}

function Values({ column }: { readonly column: PreviewColumn }): ReactElement {
  const { trans } = useSidebar().hub;
  const { top, categories, histogram, note, name } = column;
  const [all, setAll] = useState(false);
  const shown = all ? top : top.slice(0, VALUES);
  const rest = (categories ?? top.length) - shown.length;
  const range = rangeWords(column, trans);
  if (rest > 0 && top[0]?.count === 1) {
    return (
      <span className="jp-DataHub-quiet">
        {trans.__(
          '%1 values, each once, such as %2',
          formatInteger(categories ?? 0),
          top[0].value
        )}
      </span>
    );
  }
  return (
    <div>
      {range && (
        <span className="jp-DataHub-range">
          <Histogram
            counts={histogram}
            label={trans.__('How %1 is spread: %2', name, range)}
          />
          {range}
        </span>
      )}
      {shown.map(({ value, count }) => (
        <span key={value} className="jp-DataHub-valueCount">
          {value || trans.__('(empty)')}{' '}
          <span className="jp-DataHub-count">{formatInteger(count)}</span>
        </span>
      ))}
      {rest > 0 && top.length > 0 && (
        <>
          {shown.length < top.length ? (
            <button
              type="button"
              className="jp-DataHub-link"
              aria-label={trans.__('%1 more values of %2', rest, name)}
              onClick={() => setAll(true)}
            >
              {trans.__('%1 more', formatInteger(rest))}
            </button>
          ) : (
            <span className="jp-DataHub-quiet">
              {trans.__('and %1 more', formatInteger(rest))}
            </span>
          )}
        </>
      )}
      {note && <span className="jp-DataHub-quiet">{note}</span>}
    </div>
  );
}

/** Whether all cells have one value in common. */
function isSame({ categories, missing }: PreviewColumn): boolean {
  return categories === 1 && !missing;
}
