import { useState, type ReactElement, type ReactNode } from 'react';

import type { PreviewColumn } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';
import { useSignal } from '../browser/useSignal';
import { isChosen, rangeOf, valuesOf, type Value } from '../selection/filters';
import type { SelectionModel } from '../selection/model';
import { RangeFilter } from '../selection/RangeFilter';
import { spanOf } from '../selection/brush';
import { ValueFinder } from '../selection/ValueFinder';
import { Histogram } from './Histogram';
import { rangeWords } from './words';

/** Values that are named before the rest is asked for. */
const VALUES = 4;

interface IProps {
  readonly column: PreviewColumn;
  readonly selection: SelectionModel;
}

/** The values of a column, which can be chosen unless there is no selection. */
export function ColumnValues({
  column,
  selection
}: {
  readonly column: PreviewColumn;
  readonly selection: SelectionModel | null;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const { top, categories, note, name } = column;
  const [all, setAll] = useState(false);
  const shown = all ? top : top.slice(0, VALUES);
  const rest = (categories ?? top.length) - shown.length;
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
      {selection ? (
        <NumbersToChoose column={column} selection={selection} />
      ) : (
        <Numbers column={column} />
      )}
      {shown.map(({ value, count }) =>
        selection ? (
          <OneValue
            key={value}
            column={column}
            value={value}
            count={count}
            selection={selection}
          />
        ) : (
          <span key={value} className="jp-DataHub-obsValue">
            <ValueWords value={value} count={count} />
          </span>
        )
      )}
      {rest > 0 && top.length > 0 && shown.length < top.length && (
        <button
          type="button"
          className="jp-DataHub-link"
          aria-label={trans.__('%1 more values of %2', rest, name)}
          onClick={() => setAll(true)}
        >
          {trans.__('%1 more', formatInteger(rest))}
        </button>
      )}
      {rest > 0 &&
        top.length > 0 &&
        shown.length === top.length &&
        (selection ? (
          <ValueFinder column={name} rest={rest} selection={selection} />
        ) : (
          <span className="jp-DataHub-quiet">
            {trans.__('%1 more', formatInteger(rest))}
          </span>
        ))}
      {note && <span className="jp-DataHub-quiet">{note}</span>}
    </div>
  );
}

/** How numbers are spread. */
function Numbers({
  column,
  children
}: {
  readonly column: PreviewColumn;
  readonly children?: ReactNode;
}): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { histogram, name } = column;
  const range = rangeWords(column, trans);
  return range ? (
    <span className="jp-DataHub-range">
      <Histogram
        counts={histogram}
        label={trans.__('How %1 is spread: %2', name, range)}
      />
      {range}
      {children}
    </span>
  ) : null;
}

/** How numbers are spread; a click unfolds what chooses among them. */
function NumbersToChoose({ column, selection }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { filters } = useSignal(selection.changed, () => selection.state);
  const [open, setOpen] = useState(false);
  const { name } = column;
  const filter = rangeOf(filters, name);
  return (
    <>
      <Numbers column={column}>
        {spanOf(column) && (
          <button
            type="button"
            className="jp-DataHub-link"
            aria-expanded={open || filter !== null}
            aria-label={trans.__('Choose a range of %1', name)}
            onClick={() => setOpen(!open)}
          >
            {trans.__('Range')}
          </button>
        )}
      </Numbers>
      {(open || filter) && (
        <RangeFilter
          column={column}
          filter={filter}
          onFilter={next => selection.replace(filter, next)}
        />
      )}
    </>
  );
}

function OneValue({
  column,
  value,
  count,
  selection
}: IProps & { readonly value: string; readonly count: number }): ReactElement {
  const { trans } = useSidebar().hub;
  const { filters } = useSignal(selection.changed, () => selection.state);
  const { name, kind, missing } = column;
  const meant: Value = kind === 'booleans' ? value === 'True' : value;
  const filter = valuesOf(filters, name);
  const chosen = isChosen(filter, meant);
  return (
    <button
      type="button"
      className={`jp-DataHub-link jp-DataHub-obsValue ${chosen && filter?.not ? 'jp-mod-out' : ''}`}
      aria-pressed={chosen}
      title={trans.__('Choose these cells; with Alt leave them out')}
      onClick={event =>
        selection.toggle(name, meant, event.altKey, missing === 0)
      }
    >
      <ValueWords value={value} count={count} />
    </button>
  );
}

/** A value, and how many cells have it. */
function ValueWords({
  value,
  count
}: {
  readonly value: string;
  readonly count: number;
}): ReactElement {
  const { trans } = useSidebar().hub;
  return (
    <>
      {value || trans.__('(empty)')}{' '}
      <span className="jp-DataHub-count">{formatInteger(count)}</span>
    </>
  );
}
