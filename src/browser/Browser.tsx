import {
  forwardRef,
  useImperativeHandle,
  useRef,
  type ReactElement
} from 'react';

import { ActiveFilters } from './ActiveFilters';
import type { Facet, Summary } from '../api/models';
import { CommandIDs } from '../tokens';
import { useSidebar } from './context';
import { EmptyState, NoSource } from './EmptyState';
import { ErrorNotice } from './ErrorNotice';
import { FacetBar } from './FacetBar';
import type { ILiveAnswer, LiveModel } from './liveModel';
import { LiveResults } from './LiveResults';
import type { LayoutModel } from './layoutModel';
import { toggleValue, withRange, type Query } from './query';
import { ResultList, type IResultList } from './ResultList';
import { SearchBox } from './SearchBox';
import type { ISearchState, SearchModel } from './searchModel';
import { SourceChips } from './SourceChips';
import { SourceProblems } from './SourceProblems';
import { SummaryLine } from './SummaryLine';
import { TickedBar } from './TickedBar';
import type { TickedModel } from './tickedModel';
import { useSignal } from './useSignal';

interface IProps {
  readonly model: SearchModel;
  readonly live: LiveModel;
  readonly ticked: TickedModel;
  readonly layout: LayoutModel;
  readonly shortcut: string;
}

export interface IBrowser {
  focusSearch(): void;
}

/** The search over all catalogs: field, Sources, filters, results. */
export const Browser = forwardRef<IBrowser, IProps>((props, handle) => {
  const { hub, commands, run } = useSidebar();
  const { model, live, ticked, layout, shortcut } = props;
  const state = useSignal(model.changed, () => model.state);
  const open = useSignal(layout.changed, () => layout.layout);
  const answers = useSignal(live.changed, () => live.answers);
  const connections = useSignal(
    hub.connections.changed,
    () => hub.connections.items
  );
  const tickedHits = useSignal(ticked.changed, () => ticked.hits);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<IResultList>(null);

  const focusSearch = (): void => {
    input.current?.focus();
    input.current?.select();
  };
  useImperativeHandle(handle, () => ({ focusSearch }));

  const { query, result, sources } = state;
  const facets = allFacets(result?.facets ?? [], answers);
  // What a store found is no reason to say that nothing was.
  const found = answers.some(({ total, loading }) => total > 0 || loading);
  const setQuery = (next: Query): void => model.setQuery(next);

  if (sources?.length === 0) {
    return (
      <div className="jp-DataHub-browser">
        <NoSource />
      </div>
    );
  }
  return (
    <div className="jp-DataHub-browser">
      <SearchBox
        ref={input}
        text={query.text}
        shortcut={shortcut}
        onText={text => model.setText(text)}
        onDown={() => list.current?.focus()}
      />
      <SourceChips
        sources={sources ?? []}
        chosen={query.facets.source ?? []}
        connections={connections ?? []}
        answers={answers}
        onConnect={name =>
          void commands.execute(CommandIDs.connections, { name })
        }
        onToggle={name => setQuery(toggleValue(query, 'source', name))}
      />
      <SourceProblems
        sources={sources ?? []}
        onRetry={name => run(() => hub.client.refresh(name))}
      />
      <FacetBar
        facets={facets}
        query={query}
        open={open.facet}
        all={open.allFacets}
        onOpen={facet => layout.update({ facet })}
        onAll={allFacets => layout.update({ allFacets })}
        onToggle={(facet, value) => setQuery(toggleValue(query, facet, value))}
        onRange={(name, range) => setQuery(withRange(query, name, range))}
      />
      <ActiveFilters
        query={query}
        facets={facets}
        sources={sources ?? []}
        onQuery={setQuery}
      />
      <SummaryLine
        summary={state.loading ? null : withLive(result?.summary, answers)}
        sort={query.sort}
        onSort={sort => setQuery({ ...query, sort })}
      />
      <TickedBar
        hits={tickedHits}
        onClear={() => ticked.clear()}
        onLoad={() =>
          run(async () => {
            for (const { ref, title } of tickedHits) {
              await hub.load(ref, title);
            }
            ticked.clear();
          })
        }
        onNotebook={() => {
          void commands.execute(CommandIDs.newNotebook, {
            refs: tickedHits.map(({ ref }) => ref),
            title: tickedHits[0]?.title ?? ''
          });
        }}
        onDownload={() =>
          run(async () => {
            if (await hub.downloadAll(tickedHits)) {
              ticked.clear();
            }
          })
        }
      />
      <Messages state={state} model={model} found={found} />
      <ResultList
        ref={list}
        model={model}
        ticked={ticked}
        sources={sources ?? []}
        onLeave={() => input.current?.focus()}
      />
      <LiveResults
        model={live}
        ticked={ticked}
        open={open.live}
        onToggle={value => layout.update({ live: value })}
      />
    </div>
  );
});
Browser.displayName = 'Browser';

interface IMessagesProps {
  readonly state: ISearchState;
  readonly model: SearchModel;
  /** Whether a store has found something, or is still looking. */
  readonly found: boolean;
}

/** What is to be said about the results before them. */
function Messages(props: IMessagesProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { state, model, found } = props;
  const { query, result, loading, error, outdated, waysOut, sources } = state;
  if (loading) {
    return null;
  }
  if (error !== null) {
    return (
      <ErrorNotice
        error={error}
        lead={trans.__('The search failed.')}
        spoken
        onRetry={() => void model.search()}
      />
    );
  }
  return (
    <>
      {result?.corrected && result.total > 0 && (
        <p className="jp-DataHub-corrected">
          {trans.__('Showing results for “%1”.', result.corrected)}
        </p>
      )}
      {outdated && (
        <p className="jp-DataHub-outdated">
          {trans.__('The catalogs have changed.')}{' '}
          <button
            type="button"
            className="jp-DataHub-link"
            onClick={() => void model.search()}
          >
            {trans.__('Show the new results')}
          </button>
        </p>
      )}
      {result?.total === 0 && !found && (
        <EmptyState
          query={query}
          facets={result.facets}
          sources={sources ?? []}
          waysOut={waysOut}
          onQuery={next => model.setQuery(next)}
        />
      )}
    </>
  );
}

/** The facets of the catalogs, then those that only a store has. */
function allFacets(
  facets: readonly Facet[],
  answers: readonly ILiveAnswer[]
): readonly Facet[] {
  const further = answers.flatMap(answer => answer.facets);
  return [
    ...facets,
    ...further.filter(
      ({ name }, index) =>
        !facets.some(known => known.name === name) &&
        further.findIndex(each => each.name === name) === index
    )
  ];
}

/** The summary with what the stores found. */
function withLive(
  summary: Summary | undefined,
  answers: readonly ILiveAnswer[]
): Summary | null {
  const more = answers.reduce((sum, { total }) => sum + total, 0);
  return summary ? { ...summary, datasets: summary.datasets + more } : null;
}
