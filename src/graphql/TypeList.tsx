import { useMemo, useRef, useState, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { Skeleton } from '../browser/Skeleton';
import type { GraphModel, IGraphState } from './model';
import { startingQuery } from './starter';
import { matching, typesOf, type IListed } from './types';

interface IProps {
  readonly model: GraphModel;
  readonly state: IGraphState;
}

/** What can be asked for, with what the data dictionary says of it. */
export function TypeList({ model, state }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { schema, types, loading, schemaError } = state;
  const [words, setWords] = useState('');
  const list = useRef<HTMLUListElement>(null);
  const all = useMemo(() => typesOf(schema, types), [schema, types]);
  const shown = useMemo(() => matching(all, words), [all, words]);

  const begin = ({ name }: IListed): void => {
    if (schema) {
      model.replace(startingQuery(schema, name));
    }
  };
  const focus = (step: number): void => {
    const rows = [...(list.current?.querySelectorAll('button') ?? [])];
    const now = rows.indexOf(document.activeElement as HTMLButtonElement);
    rows[Math.max(0, Math.min(rows.length - 1, now + step))]?.focus();
  };
  return (
    <div className="jp-DataHub-graphTypes">
      <input
        className="jp-DataHub-input"
        type="search"
        value={words}
        spellCheck={false}
        autoComplete="off"
        placeholder={trans.__('Find a type of records')}
        aria-label={trans.__('Find a type of records')}
        onChange={event => setWords(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'ArrowDown') {
            event.preventDefault();
            focus(1);
          }
        }}
      />
      <p className="jp-DataHub-spoken" role="status">
        {words &&
          trans._n('%1 type of records', '%1 types of records', shown.length)}
      </p>
      {loading && all.length === 0 && (
        <div
          role="status"
          aria-label={trans.__('Loading the types of records')}
        >
          <Skeleton rows={6} />
        </div>
      )}
      {schemaError !== null && (
        <ErrorNotice
          error={schemaError}
          lead={trans.__('What can be asked is not known.')}
          spoken
          onRetry={() => void model.readSchema()}
        />
      )}
      {!loading && schemaError === null && shown.length === 0 && (
        <p className="jp-DataHub-hint">
          {words
            ? trans.__('No type of records fits “%1”.', words)
            : trans.__('This commons names no types of records.')}
        </p>
      )}
      <ul
        ref={list}
        aria-label={trans.__('Types of records')}
        hidden={shown.length === 0}
      >
        {shown.map((each, index) => (
          <li key={each.name}>
            <button
              type="button"
              tabIndex={index === 0 ? 0 : -1}
              title={each.description}
              onClick={() => begin(each)}
              onKeyDown={event => {
                const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
                if (step) {
                  event.preventDefault();
                  focus(step);
                }
              }}
            >
              <span className="jp-DataHub-graphTypeTitle">{each.title}</span>
              <span className="jp-DataHub-count">
                {[each.title === each.name ? '' : each.name, each.category]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              {each.description && (
                <span className="jp-DataHub-hint jp-DataHub-graphTypeText">
                  {each.description}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
