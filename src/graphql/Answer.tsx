import { downloadIcon } from '@jupyterlab/ui-components';
import { useEffect, useId, useState, type ReactElement } from 'react';

import type { GraphAnswer, GraphTable } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';
import { Tabs } from '../browser/Tabs';
import { loadIcon } from '../icons';
import { AnswerTable } from './AnswerTable';

interface IProps {
  readonly answer: GraphAnswer;
  /** What the commons is called. */
  readonly title: string;
}

/** The lists of an answer as tables, one of them at a time, and what can be done with it. */
export function Answer({ answer, title }: IProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { tables } = answer;
  const [chosen, setChosen] = useState(0);
  const id = useId();
  useEffect(() => setChosen(0), [answer]);
  const table = tables[Math.min(chosen, tables.length - 1)];
  if (!table) {
    return answer.errors.length > 0 ? null : (
      <p className="jp-DataHub-graphEmpty" role="status">
        {trans.__('The answer is empty: no record fits the question.')}
      </p>
    );
  }
  return (
    <section
      className="jp-DataHub-graphAnswer"
      aria-label={trans.__('Answer')}
      id={id}
    >
      <div className="jp-DataHub-graphBar">
        {tables.length < 2 ? (
          <h2>{table.name}</h2>
        ) : (
          <Tabs
            label={trans.__('Lists of the answer')}
            titles={tables.map(({ name }) => name)}
            chosen={tables.indexOf(table)}
            panelId={id}
            onChosen={setChosen}
          />
        )}
        <span className="jp-DataHub-count" role="status">
          {trans._n(
            '%2 row',
            '%2 rows',
            table.rows.length,
            formatInteger(table.rows.length)
          )}
          {' · '}
          {trans._n(
            '%2 column',
            '%2 columns',
            table.columns.length,
            formatInteger(table.columns.length)
          )}
        </span>
        <Actions table={table} title={title} />
      </div>
      {table.rows.length === 0 ? (
        <p className="jp-DataHub-graphEmpty">
          {trans.__('No record fits the question.')}
        </p>
      ) : (
        <AnswerTable key={table.name} table={table} />
      )}
    </section>
  );
}

function Actions({
  table,
  title
}: {
  readonly table: GraphTable;
  readonly title: string;
}): ReactElement {
  const { hub, run } = useSidebar();
  const { trans } = hub;
  const name = trans.__('%1 of %2', table.name, title);
  if (!table.ref) {
    return (
      <span className="jp-DataHub-hint">
        {trans.__('This question is too long for its answer to be downloaded.')}
      </span>
    );
  }
  return (
    <span className="jp-DataHub-graphActions">
      {table.exports.map(({ ref, format }) => (
        <button
          key={format}
          type="button"
          className="jp-mod-styled"
          onClick={() =>
            run(() =>
              hub.download(ref, {
                title: `${name} (${format.toUpperCase()})`,
                size: null
              })
            )
          }
        >
          <downloadIcon.react
            tag="span"
            className="jp-DataHub-icon"
            aria-hidden="true"
          />
          {trans.__('Download as %1', format.toUpperCase())}
        </button>
      ))}
      <button
        type="button"
        className="jp-mod-styled jp-mod-accept"
        onClick={() => run(() => hub.load(table.ref, name))}
      >
        <loadIcon.react
          tag="span"
          className="jp-DataHub-icon"
          aria-hidden="true"
        />
        {trans.__('Load in notebook')}
      </button>
    </span>
  );
}
