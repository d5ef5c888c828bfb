import { useEffect, useId, useMemo, useState, type ReactElement } from 'react';

import type { ColumnValues } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';
import { Combo } from '../modal/Combo';
import { Latest } from './latest';
import type { SelectionModel } from './model';

interface IProps {
  readonly column: string;
  /** How many values there are beside those that are shown. */
  readonly rest: number;
  readonly selection: SelectionModel;
}

/** Finds values of a column by a part of their name. */
export function ValueFinder(props: IProps): ReactElement {
  const { trans, client } = useSidebar().hub;
  const { column, rest, selection } = props;
  const id = useId();
  const [text, setText] = useState('');
  const [found, setFound] = useState<ColumnValues | null>(null);
  const latest = useMemo(() => new Latest<ColumnValues>(), []);
  useEffect(() => () => latest.stop(), [latest]);
  const find = (next: string): void => {
    setText(next);
    setFound(null);
    latest.ask(
      signal => client.columnValues(selection.ref, column, next, signal),
      setFound,
      () => setFound({ values: [], more: false })
    );
  };
  return (
    <div className="jp-DataHub-valueFinder">
      <label htmlFor={id} className="jp-DataHub-quiet">
        {trans._n(
          '%2 more value of %3',
          '%2 more values of %3',
          rest,
          formatInteger(rest),
          column
        )}
      </label>
      <Combo
        control={{
          id,
          'aria-describedby': undefined,
          'aria-invalid': false,
          'aria-required': undefined
        }}
        text={text}
        placeholder={trans.__('Type a part of it')}
        options={(found?.values ?? []).map(({ value, count }) => ({
          key: value,
          label: value,
          note: formatInteger(count)
        }))}
        empty={found ? trans.__('No such value') : ''}
        rest={found?.more ? trans.__('There are more; type on.') : ''}
        onText={find}
        onChoose={({ key }) => {
          selection.toggle(column, key, false, false);
          setText('');
          setFound(null);
        }}
      />
    </div>
  );
}
