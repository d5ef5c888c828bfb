import { useEffect, useState, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { formatNumber } from '../preview/numbers';
import { numberOf } from './brush';

interface IProps {
  readonly label: string;
  readonly value: number | null;
  /** The number that holds where none is written. */
  readonly placeholder: number | null;
  readonly describedBy?: string;
  readonly onValue: (value: number | null) => void;
  /** What is wrong with what is written, empty where nothing is. */
  readonly onProblem: (words: string) => void;
}

/** A field for a number, read when it is left or on Enter. */
export function NumberField(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { label, value, placeholder, describedBy } = props;
  const { onValue, onProblem } = props;
  const known = value === null ? '' : String(value);
  const [text, setText] = useState(known);
  useEffect(() => setText(known), [known]);
  const read = numberOf(text);
  const commit = (): void => {
    if (read === undefined) {
      onProblem(trans.__('“%1” is not a number.', text.trim()));
    } else {
      onProblem('');
      if (read !== value) {
        onValue(read);
      }
    }
  };
  return (
    <label className="jp-DataHub-bound">
      <span>{label}</span>
      <input
        className="jp-DataHub-input"
        type="text"
        inputMode="decimal"
        value={text}
        placeholder={placeholder === null ? '' : formatNumber(placeholder)}
        aria-invalid={read === undefined}
        aria-describedby={describedBy}
        onChange={event => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            commit();
          }
        }}
      />
    </label>
  );
}
