import type { ReactElement, ReactNode } from 'react';

import { ErrorNotice } from '../browser/ErrorNotice';
import { useAttempt } from '../browser/useAttempt';

interface IProps {
  /** What the button says and does. */
  readonly label: string;
  readonly action: () => Promise<unknown>;
  /** Whether there is nothing to do it with yet. */
  readonly disabled?: boolean;
  /** What is chosen, and from where. */
  readonly selects: readonly ISelect[];
  readonly hint: string;
  /** What stands below it. */
  readonly children?: ReactNode;
}

/** Something that is chosen before the button is pressed. */
export interface ISelect {
  /** The word before it, and what screen readers call it. */
  readonly before: string;
  readonly label: string;
  readonly value: string;
  /** Values with the words for them. */
  readonly options: readonly (readonly [string, string])[];
  readonly onChoose: (value: string) => void;
}

/** A button that does something with an image, with choices beside it. */
export function ImagePick(props: IProps): ReactElement {
  const { label, action, disabled, selects, hint, children } = props;
  const { busy, error, attempt, forget } = useAttempt();
  return (
    <>
      <p className="jp-DataHub-imageHandOff">
        <button
          type="button"
          className="jp-mod-styled"
          disabled={busy || disabled}
          onClick={() => void attempt(action)}
        >
          {label}
        </button>{' '}
        {selects.map(select => (
          <label key={select.label}>
            {select.before}{' '}
            <select
              aria-label={select.label}
              value={select.value}
              onChange={event => {
                forget();
                select.onChoose(event.target.value);
              }}
            >
              {select.options.map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>{' '}
          </label>
        ))}
      </p>
      <p className="jp-DataHub-hint">{hint}</p>
      {children}
      {error !== null && <ErrorNotice error={error} onHide={forget} />}
    </>
  );
}
