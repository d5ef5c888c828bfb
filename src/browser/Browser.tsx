import {
  forwardRef,
  useImperativeHandle,
  useRef,
  type ReactElement
} from 'react';

import { ActiveFilters } from './ActiveFilters';
import { CommandIDs } from '../tokens';
import { useSidebar } from './context';
import { EmptyState, NoSource } from './EmptyState';
import { ErrorNotice } from './ErrorNotice';
import { FacetBar } from './FacetBar';
import { valueFinder } from './facetFinder';
import { FurtherLine } from './FurtherLine';
import type { LiveModel } from './liveModel';
import { LiveResults } from './LiveResults';
import { wantedOf } from './hitFiles';
import type { LayoutModel } from './layoutModel';
import { mergedFacets, mergedSummary } from './mergedFacets';
import { toggleSource, toggleValue, withRange, type Query } from './query';
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
  const scroller = useRef<HTMLDivElement>(null);
  const stores = useRef<HTMLDivElement>(null);

  const focusSearch = (): void => {
    input.current?.focus();
    input.current?.select();
  };
  useImperativeHandle(handle, () => ({ focusSearch }));

  const { query, result, sources } = state;
  const only = live.only;
  // Sources that are not chosen only count for their chips.
  const counted = query.facets.source
    ? answers.filter(({ shown }) => shown)
    : answers;
  const facets = mergedFacets(result?.facets ?? [], counted, only);
  // What a store found, or could not look for, is no reason to say that there is nothing.
  const found = answers.some(
    ({ shown, total, result, error }) =>
      shown && (total > 0 || result === null || error !== null)
  );
  const setQuery = (next: Query): void => model.setQuery(next);

  if (sources?.length === 0) {
    return (
      <div className="jp-DataHub-browser">
        <NoSource />
      </div>
    );
  }
  return (
    <div ref={scroller} className="jp-DataHub-browser">
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
        onToggle={name => setQuery(toggleSource(query, name))}
      />
      <SourceProblems
        sources={sources ?? []}
        onRetry={name => run(() => hub.client.refresh(name))}
      />
      <FacetBar
        facets={facets}
        ranges={only?.ranges ?? null}
        query={query}
        open={open.facet}
        all={open.allFacets}
        onOpen={facet => layout.update({ facet })}
        onAll={allFacets => layout.update({ allFacets })}
        onToggle={(facet, value) => setQuery(toggleValue(query, facet, value))}
        onRange={(name, range) => setQuery(withRange(query, name, range))}
        find={valueFinder(hub.client, live, query)}
      />
      <ActiveFilters
        query={query}
        facets={[...facets, ...live.offered]}
        sources={sources ?? []}
        onQuery={setQuery}
      />
      <div className="jp-DataHub-tally">
        <SummaryLine
          summary={
            state.loading && !only
              ? null
              : mergedSummary(result?.summary, answers, only)
          }
          sort={query.sort}
          onSort={sort => setQuery({ ...query, sort })}
        />
        <TickedBar
          hits={tickedHits}
          onClear={() => ticked.clear()}
          onLoad={() =>
            run(async () => {
              const paid = tickedHits.filter(
                ({ access, in_library }) =>
                  access === 'requester_pays' && !in_library
              );
              // What is agreed to together is not asked about one by one.
              const agreed =
                paid.length < 2 ||
                (await hub.downloadAll(paid.map(wantedOf), true));
              if (!agreed) {
                return;
              }
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
              if (await hub.downloadAll(tickedHits.map(wantedOf))) {
                ticked.clear();
              }
            })
          }
        />
      </div>
      <Messages state={state} model={model} found={found} />
      {!only && (
        <ResultList
          ref={list}
          model={model}
          ticked={ticked}
          sources={sources ?? []}
          scroller={scroller}
          onLeave={() => input.current?.focus()}
        />
      )}
      {!only && (
        <FurtherLine
          answers={answers}
          onWait={source => live.keepWaiting(source)}
          onHide={source => live.hide(source)}
          onShow={() => {
            layout.update({ live: true });
            stores.current?.scrollIntoView({ block: 'start' });
            stores.current?.focus({ preventScroll: true });
          }}
        />
      )}
      <LiveResults
        ref={stores}
        model={live}
        ticked={ticked}
        scroller={scroller}
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
