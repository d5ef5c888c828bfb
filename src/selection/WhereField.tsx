import { useId, useLayoutEffect, useRef, type ReactElement } from 'react';

import { DataHubError } from '../api/errors';
import { errorSentences } from '../api/sentences';
import { useSidebar } from '../browser/context';
import type { SelectionModel } from './model';

/** Characters around the place of a mistake that are shown. */
const AROUND = 24;
/** Pixels above which an expression is scrolled. */
const HIGHEST = 140;

interface IProps {
  readonly model: SelectionModel;
  readonly where: string;
  readonly error: unknown;
}

/** The cells of a selection as an expression that can be written. */
export function WhereField({ model, where, error }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const id = useId();
  const mistake = mistakeOf(error);
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const { current } = area;
    if (current) {
      // As high as what is written, on a page of any width.
      current.style.height = 'auto';
      const high = current.scrollHeight + 2;
      current.style.height = high > 2 ? `${Math.min(HIGHEST, high)}px` : '';
    }
  }, [where]);
  const at = mistake?.position;
  const placed =
    typeof at === 'number' && where.length > 2 * AROUND
      ? `…${where.slice(Math.max(0, at - AROUND), at)}▸${where.slice(at, at + AROUND)}…`
      : '';
  return (
    <div className={`jp-DataHub-where ${mistake ? 'jp-mod-wrong' : ''}`}>
      <label htmlFor={id}>{trans.__('Cells where')}</label>
      <textarea
        id={id}
        className="jp-DataHub-input"
        ref={area}
        rows={1}
        spellCheck={false}
        autoComplete="off"
        placeholder={trans.__("cell_type == 'B cell' and n_genes >= 500")}
        value={where}
        aria-invalid={mistake !== null}
        aria-describedby={`${id}-problem`}
        onChange={event => model.setWhere(event.target.value)}
      />
      <p
        id={`${id}-problem`}
        className={mistake ? 'jp-DataHub-problem' : 'jp-DataHub-unwritten'}
        role="status"
      >
        {mistake && errorSentences(mistake)}
        {placed && (
          <>
            {' '}
            <code>{placed}</code>
          </>
        )}
      </p>
    </div>
  );
}

/** What an error says of the expression, null where it is about something else. */
export function mistakeOf(error: unknown): {
  readonly message: string;
  readonly hint: string;
  readonly position?: number | null;
} | null {
  return error instanceof DataHubError && error.code === 'where'
    ? error.body
    : null;
}
