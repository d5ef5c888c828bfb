import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { forwardRef, useId, type ReactElement, type RefObject } from 'react';

import { useSidebar } from './context';
import { ErrorNotice } from './ErrorNotice';
import { EntityTabs } from './EntityTabs';
import { ExportList } from './ExportList';
import { filterTitle, type INamed } from './filterWords';
import { formatInteger } from './format';
import { isEmpty, type ILiveAnswer } from './liveAnswer';
import type { LiveModel } from './liveModel';
import { LiveList } from './LiveList';
import { Skeleton } from './Skeleton';
import type { TickedModel } from './tickedModel';
import { useSignal } from './useSignal';

interface IProps {
  readonly model: LiveModel;
  readonly ticked: TickedModel;
  readonly scroller: RefObject<HTMLElement>;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
}

/** What the stores found, below the results of the catalogs and a line. */
export const LiveResults = forwardRef<HTMLDivElement, IProps>((props, ref) => {
  const { trans } = useSidebar().hub;
  const { model, ticked, scroller, open, onToggle } = props;
  const all = useSignal(model.changed, () => model.answers);
  const only = model.only?.source;
  // The line above says who has nothing; a heading over nothing would only take place.
  const answers = all.filter(
    answer => answer.shown && (answer.source === only || !isEmpty(answer))
  );
  if (answers.length === 0) {
    return null;
  }
  return (
    <div
      ref={ref}
      className="jp-DataHub-live"
      role="group"
      tabIndex={-1}
      aria-label={trans.__('Found in other catalogs')}
    >
      {answers.map(answer => (
        <LiveAnswer
          key={answer.source}
          answer={answer}
          ticked={ticked}
          scroller={scroller}
          open={open}
          only={answer.source === only}
          offered={model.offered}
          onToggle={onToggle}
          onEntity={entity => model.setEntity(answer.source, entity)}
          onMore={() => void model.more(answer.source)}
          onWait={() => model.keepWaiting(answer.source)}
          onHide={() => model.hide(answer.source)}
        />
      ))}
    </div>
  );
});
LiveResults.displayName = 'LiveResults';

interface IAnswerProps {
  readonly answer: ILiveAnswer;
  readonly ticked: TickedModel;
  readonly scroller: RefObject<HTMLElement>;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
  /** Whether nothing else is searched. */
  readonly only: boolean;
  /** The filters that are known by their titles. */
  readonly offered: readonly INamed[];
  readonly onEntity: (entity: string) => void;
  readonly onMore: () => void;
  readonly onWait: () => void;
  readonly onHide: () => void;
}

function LiveAnswer(props: IAnswerProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { answer, ticked, open, only, onToggle, onMore } = props;
  const { title, total, hits, loading, error, unknown } = answer;
  const id = useId();
  const panelId = useId();
  const Caret = open ? caretDownIcon : caretRightIcon;
  const rest = total - hits.length;
  const count =
    unknown.length > 0
      ? trans.__('not searched')
      : loading && hits.length === 0
        ? trans.__('searching…')
        : error !== null && hits.length === 0
          ? trans.__('no answer')
          : isUsual(answer)
            ? trans._n('%2 dataset', '%2 datasets', total, formatInteger(total))
            : trans.__('%1 found', formatInteger(total));
  return (
    <section aria-labelledby={id}>
      <h2 className="jp-DataHub-liveHead">
        <button
          type="button"
          className="jp-DataHub-sectionTitle"
          aria-expanded={open}
          onClick={() => onToggle(!open)}
        >
          <Caret.react
            tag="span"
            className="jp-DataHub-icon"
            aria-hidden="true"
          />
          <span id={id}>{title}</span>
          <span className="jp-DataHub-sectionNote" role="status">
            {count}
          </span>
        </button>
      </h2>
      {open && only && (
        <EntityTabs
          answer={answer}
          panelId={panelId}
          onEntity={props.onEntity}
        />
      )}
      {open && (
        <div id={panelId}>
          {only && (
            <ExportList exports={answer.result?.exports ?? []} title={title} />
          )}
          {unknown.length > 0 && (
            <p className="jp-DataHub-hint jp-DataHub-liveWords">
              {trans._n(
                '%2 does not know the filter %3. Take it away to search there too.',
                '%2 does not know the filters %3. Take them away to search there too.',
                unknown.length,
                title,
                unknown
                  .map(name => filterTitle(name, props.offered, trans))
                  .join(', ')
              )}
            </p>
          )}
          {loading && hits.length === 0 && <Skeleton rows={1} />}
          {answer.waited > 0 && <Slow {...props} />}
          {hits.length > 0 && (
            <LiveList
              answer={answer}
              ticked={ticked}
              scroller={props.scroller}
            />
          )}
          {error !== null && (
            <ErrorNotice
              error={error}
              lead={trans.__('%1 could not be searched.', title)}
              onRetry={onMore}
            />
          )}
          {rest > 0 && hits.length > 0 && error === null && (
            <button
              type="button"
              className="jp-DataHub-link jp-DataHub-liveWords"
              disabled={loading}
              onClick={onMore}
            >
              {loading
                ? trans.__('Fetching more…')
                : trans.__('Show more (%1 left)', formatInteger(rest))}
            </button>
          )}
        </div>
      )}
    </section>
  );
}

/** Whether it was searched for datasets, or what is most like them there. */
function isUsual({ entity, entities }: ILiveAnswer): boolean {
  return entities.length === 0 || entities[0].name === entity;
}

/** That a store takes its time, and what can be done about it. */
function Slow({ answer, onWait, onHide }: IAnswerProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { title, waited } = answer;
  return (
    <p className="jp-DataHub-hint jp-DataHub-liveWords">
      {trans.__('%1 is slow (%2 s)', title, waited)}
      {' · '}
      <button type="button" className="jp-DataHub-link" onClick={onWait}>
        {trans.__('keep waiting')}
      </button>
      {' · '}
      <button type="button" className="jp-DataHub-link" onClick={onHide}>
        {trans.__('hide')}
      </button>
    </p>
  );
}
