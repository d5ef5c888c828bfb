import { useId, type ReactElement, type ReactNode } from 'react';

import type { ErrorBody } from '../api/models';
import { errorSentences } from '../api/sentences';

/** What ties a control to its label, its explanation and what is wrong with it. */
export interface IControl {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
  readonly 'aria-required': boolean | undefined;
}

interface IProps {
  readonly label: string;
  /** Explains what to enter. */
  readonly hint?: ReactNode;
  readonly problem?: Pick<ErrorBody, 'message' | 'hint'>;
  readonly mandatory?: boolean;
  readonly className?: string;
  readonly children: (control: IControl) => ReactNode;
}

/** A field of a form: its label above, below it what to enter and what is wrong. */
export function Field(props: IProps): ReactElement {
  const { label, hint, problem, mandatory, className, children } = props;
  const id = useId();
  const described = [hint ? `${id}-hint` : '', problem ? `${id}-problem` : ''];
  return (
    <div
      className={`jp-DataHub-field ${className ?? ''} ${problem ? 'jp-mod-wrong' : ''}`}
    >
      <label htmlFor={id}>
        {label}
        {mandatory && (
          <span className="jp-DataHub-mandatory" aria-hidden="true">
            {' *'}
          </span>
        )}
      </label>
      {children({
        id,
        'aria-describedby': described.filter(Boolean).join(' ') || undefined,
        'aria-invalid': problem !== undefined,
        'aria-required': mandatory || undefined
      })}
      {hint && (
        <p id={`${id}-hint`} className="jp-DataHub-hint">
          {hint}
        </p>
      )}
      {problem && (
        <p id={`${id}-problem`} className="jp-DataHub-problem" role="alert">
          {errorSentences(problem)}
        </p>
      )}
    </div>
  );
}
