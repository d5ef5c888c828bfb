import { useId, type ReactElement } from 'react';

import type { Preview } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { useSignal } from '../browser/useSignal';
import { FilterChips } from './FilterChips';
import { GeneField } from './GeneField';
import { LoadSelection } from './LoadSelection';
import { MatrixField } from './MatrixField';
import { isEmpty, type SelectionModel } from './model';
import { PrimaryField } from './PrimaryField';
import { Totals } from './Totals';
import { mistakeOf, WhereField } from './WhereField';

interface IProps {
  readonly model: SelectionModel;
  readonly facts: Preview;
  /** What people know the dataset as. */
  readonly title: string;
  /** Whether the file is on this machine. */
  readonly here: boolean;
}

/** Which cells and genes of a file are to be loaded, and what that costs. */
export function SelectionPanel(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { model, facts, title, here } = props;
  const id = useId();
  const state = useSignal(model.changed, () => model.state);
  const { selection, filters, estimate, waiting, error, doubled } = state;
  const empty = isEmpty(selection);
  const mistake = mistakeOf(error);
  return (
    <section
      className="jp-DataHub-selection"
      aria-labelledby={id}
      data-section="selection"
      tabIndex={-1}
    >
      <div className="jp-DataHub-previewHead">
        <h3 id={id}>{trans.__('Selection')}</h3>
        {!empty && (
          <button
            type="button"
            className="jp-DataHub-link"
            onClick={() => model.reset()}
          >
            {trans.__('Reset all')}
          </button>
        )}
      </div>
      {filters.length === 0 && (
        <p className="jp-DataHub-quiet">
          {facts.picture.embedding
            ? trans.__(
                'All cells. To load some of them, click values in the legend or in the table below, or draw a region in the picture.'
              )
            : trans.__(
                'All cells. To load some of them, click values in the table below.'
              )}
        </p>
      )}
      <FilterChips model={model} filters={filters} />
      {facts.primary !== null && facts.primary > 0 && facts.primary < 1 && (
        <PrimaryField model={model} filters={filters} share={facts.primary} />
      )}
      <WhereField model={model} where={selection.where} error={error} />
      <GeneField
        model={model}
        genes={selection.genes}
        doubled={doubled}
        estimate={estimate}
      />
      <MatrixField model={model} selection={selection} facts={facts} />
      {error !== null && !mistake && (
        <ErrorNotice
          error={error}
          lead={trans.__('The selection could not be counted.')}
          spoken
          onRetry={() => model.retry()}
        />
      )}
      {!empty && (
        <>
          <Totals
            facts={facts}
            estimate={error === null ? estimate : null}
            waiting={waiting}
            here={here}
          />
          <LoadSelection
            fileRef={model.ref}
            title={title}
            selection={selection}
            estimate={estimate}
            current={!waiting && error === null}
          />
        </>
      )}
    </section>
  );
}
