import type { ReactElement } from 'react';

import type { Preview, SelectionEstimate } from '../api/models';
import { sentences } from '../api/sentences';
import { useSidebar } from '../browser/context';
import { formatBytes, formatInteger } from '../browser/format';
import { totalsWords } from './words';

interface IProps {
  readonly facts: Preview;
  readonly estimate: SelectionEstimate | null;
  readonly waiting: boolean;
  /** Whether the file is on this machine, so that nothing is fetched. */
  readonly here: boolean;
}

/** What a selection is and costs, beside the whole file. */
export function Totals(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { facts, estimate, waiting, here } = props;
  const { shape, size, memory } = facts;
  const whole = estimate?.whole ?? size;
  // A cost that nobody can tell is none.
  const predicted = estimate !== null && estimate.memory.total > 0;
  const bytes = (count: number | null): string =>
    here ? trans.__('nothing') : count === null ? '–' : formatBytes(count);
  return (
    <>
      <table
        className={`jp-DataHub-totals ${waiting ? 'jp-mod-waiting' : ''}`}
        aria-label={trans.__('What it costs')}
        aria-busy={waiting}
      >
        <thead>
          <tr>
            <td />
            <th scope="col">{trans.__('Cells')}</th>
            <th scope="col">{trans.__('Genes')}</th>
            <th scope="col">{trans.__('To fetch')}</th>
            <th scope="col">{trans.__('In memory')}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{trans.__('Selection')}</th>
            {estimate ? (
              <>
                <td>{formatInteger(estimate.cells)}</td>
                <td>{formatInteger(estimate.genes)}</td>
                <td>{predicted ? bytes(estimate.fetch) : '–'}</td>
                <td
                  title={trans.__(
                    'At most %1 while it is loaded',
                    formatBytes(estimate.memory.peak)
                  )}
                >
                  {predicted ? formatBytes(estimate.memory.total) : '–'}
                </td>
              </>
            ) : (
              <td colSpan={4} className="jp-DataHub-quiet">
                {waiting ? trans.__('Counting…') : '–'}
              </td>
            )}
          </tr>
          <tr className="jp-DataHub-quiet">
            <th scope="row">{trans.__('Whole file')}</th>
            <td>{formatInteger(shape[0] ?? 0)}</td>
            <td>{formatInteger(shape[1] ?? 0)}</td>
            <td>{bytes(whole)}</td>
            <td
              title={trans.__(
                'At most %1 while it is loaded',
                formatBytes(memory.peak)
              )}
            >
              {formatBytes(memory.total)}
            </td>
          </tr>
        </tbody>
      </table>
      <div role="status" className="jp-DataHub-totalsWords">
        {estimate && !waiting && (
          <span className="jp-DataHub-unseen">
            {totalsWords(estimate, trans)}
          </span>
        )}
        {estimate && !waiting && estimate.cells === 0 && (
          <p className="jp-DataHub-problem">
            {trans.__('No cell is like this. Remove a filter.')}
          </p>
        )}
        {estimate?.whole_is_cheaper && !here && (
          <p className="jp-DataHub-hint">
            {trans.__(
              'To fetch the whole file costs less than these parts of it: load it above, and choose in the notebook.'
            )}
          </p>
        )}
        {(estimate?.notes ?? []).map(note => (
          <p key={note} className="jp-DataHub-hint">
            {sentences([note])}
          </p>
        ))}
      </div>
    </>
  );
}
