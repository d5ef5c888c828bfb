import { useEffect, useId, useMemo, useState, type ReactElement } from 'react';

import type { PreviewColumn } from '../api/models';
import { useSidebar } from '../browser/context';
import { Combo } from '../modal/Combo';
import { formatInteger } from '../browser/format';
import { rangeWords } from './words';

interface IProps {
  readonly columns: readonly PreviewColumn[];
  readonly by: string;
  readonly onColumn: (name: string) => void;
}

/** Which column the cells are coloured by: type a part of its name. */
export function ColumnField({ columns, by, onColumn }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const id = useId();
  const [text, setText] = useState(by);
  const [typed, setTyped] = useState(false);
  useEffect(() => {
    setText(by);
    setTyped(false);
  }, [by]);
  const options = useMemo(() => {
    const wanted = typed ? text.trim().toLowerCase() : '';
    return columns
      .filter(
        ({ name, colourable }) =>
          colourable && name.toLowerCase().includes(wanted)
      )
      .sort((one, other) => Number(dull(one)) - Number(dull(other)))
      .map(column => ({
        key: column.name,
        label: column.name,
        note:
          column.categories !== null
            ? trans._n(
                '%2 value',
                '%2 values',
                column.categories,
                formatInteger(column.categories)
              )
            : rangeWords({ ...column, mean: null }, trans)
      }));
  }, [columns, text, typed, trans]);
  const leave = (): void => {
    setText(by);
    setTyped(false);
  };
  return (
    <div className="jp-DataHub-colourBy">
      <label htmlFor={id}>{trans.__('Colour by')}</label>
      <Combo
        control={{
          id,
          'aria-describedby': undefined,
          'aria-invalid': false,
          'aria-required': undefined
        }}
        text={text}
        options={options}
        empty={trans.__('No such column')}
        onText={next => {
          setTyped(true);
          setText(next);
        }}
        onChoose={({ key }) => {
          setText(key);
          setTyped(false);
          onColumn(key);
        }}
        onLeave={leave}
      />
    </div>
  );
}

/** Whether a column has the same value, or another one, for each cell. */
function dull({ categories, kind }: PreviewColumn): boolean {
  return categories === 1 || kind === 'texts';
}
