import type { ReactElement } from 'react';

import type { IEntryProps } from './choices';
import { entryOf, fromLocalTime, toLocalTime, UNFINISHED } from './values';

/** A day, or a moment of a day. */
export function Moment(props: IEntryProps): ReactElement {
  const { field, control, value, disabled, onValue } = props;
  const isTime = entryOf(field) === 'time';
  /** The control has no value for a date that lacks a part or is in no calendar. */
  const note = ({ value: entered, validity }: HTMLInputElement): void => {
    const next = validity.badInput
      ? UNFINISHED
      : isTime
        ? fromLocalTime(entered)
        : entered;
    if (next !== value) {
      onValue(next);
    }
  };
  const shown = value === UNFINISHED ? '' : value;
  return (
    <input
      {...control}
      className="jp-DataHub-input"
      type={isTime ? 'datetime-local' : 'date'}
      step={isTime ? 1 : undefined}
      disabled={disabled}
      value={isTime ? toLocalTime(shown) : shown}
      onChange={event => note(event.currentTarget)}
      onKeyUp={event => note(event.currentTarget)}
      onBlur={event => note(event.currentTarget)}
    />
  );
}
