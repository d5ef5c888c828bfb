import { useVirtualizer, type Range } from '@tanstack/react-virtual';
import {
  forwardRef,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
  type MouseEvent,
  type RefObject
} from 'react';

import type { Hit, SourceStatus } from '../api/models';
import { useSidebar } from './context';
import { ErrorNotice } from './ErrorNotice';
import { transferOf } from './hitFiles';
import { listKey } from './listKeys';
import { ResultRow } from './ResultRow';
import { RowActions } from './RowActions';
import { watchDrag } from './rowDrag';
import { openRowMenu } from './rowMenu';
import type { SearchModel } from './searchModel';
import { Skeleton } from './Skeleton';
import { sourceTitle } from './sourceWords';
import type { TickedModel } from './tickedModel';
import { coveredBy, offsetWithin, useOffset } from './useOffset';
import { usePointedRow } from './usePointedRow';
import { useRowHeight } from './useRowHeight';
import { useSignal } from './useSignal';

/** Rows drawn beyond both edges of what is seen. */
const OVERSCAN = 6;

interface IProps {
  readonly model: SearchModel;
  readonly ticked: TickedModel;
  readonly sources: readonly SourceStatus[];
  /** What the list scrolls in, with all that is above it. */
  readonly scroller: RefObject<HTMLElement>;
  /** Go back to the search field. */
  readonly onLeave: () => void;
}

export interface IResultList {
  /** Put the cursor into the list. */
  focus(): void;
}

/** All results in one list of which only the rows in sight exist. */
export const ResultList = forwardRef<IResultList, IProps>((props, handle) => {
  const { hub, commands, run } = useSidebar();
  const { trans } = hub;
  const { model, ticked, sources, scroller, onLeave } = props;
  const state = useSignal(model.changed, () => model.state);
  const tickedHits = useSignal(ticked.changed, () => ticked.hits);
  useSignal(hub.transfers.changed, () => hub.transfers.items);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const lastTicked = useRef(0);
  const [active, setActive] = useState(0);
  const [focused, setFocused] = useState(false);
  const [probe, rowHeight] = useRowHeight();
  const total = state.result?.total ?? 0;
  const offset = useOffset(list, scroller);
  const { hovered, rowAt, listeners } = usePointedRow(
    list,
    scroller,
    rowHeight,
    total
  );

  const rangeExtractor = useCallback(
    ({ startIndex, endIndex, overscan, count }: Range): number[] => {
      const first = Math.max(0, startIndex - overscan);
      const last = Math.min(count - 1, endIndex + overscan);
      const drawn = Array.from(
        { length: Math.max(0, last - first + 1) },
        (_, step) => first + step
      );
      // The row that the listbox calls its active descendant must exist.
      const missing = active < count && (active < first || active > last);
      return missing ? [...drawn, active].sort((a, b) => a - b) : drawn;
    },
    [active]
  );
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: offset,
    scrollPaddingStart: scroller.current ? coveredBy(scroller.current)[0] : 0,
    scrollPaddingEnd: scroller.current ? coveredBy(scroller.current)[1] : 0,
    rangeExtractor
  });
  useEffect(() => virtualizer.measure(), [rowHeight, virtualizer]);

  useEffect(() => {
    setActive(0);
    // What is above the list stays where it is; rows that were scrolled away come back.
    const window = scroller.current;
    if (window && list.current) {
      const first = offsetWithin(list.current, window) - coveredBy(window)[0];
      window.scrollTo({ top: Math.min(window.scrollTop, Math.max(0, first)) });
    }
  }, [state.answer, scroller]);

  const rows = virtualizer.getVirtualItems();
  const range = virtualizer.range;
  useEffect(() => {
    if (range) {
      model.show(range.startIndex - OVERSCAN, range.endIndex + OVERSCAN);
    }
  }, [model, range, state.answer]);

  useImperativeHandle(handle, () => ({
    focus: () => list.current?.focus()
  }));

  const moveTo = (index: number): void => {
    setActive(index);
    virtualizer.scrollToIndex(index, { align: 'auto' });
  };
  const tick = (index: number, through: boolean): void => {
    const hit = model.hit(index);
    if (through) {
      const [from, to] = [lastTicked.current, index].sort((a, b) => a - b);
      const span = Array.from({ length: to - from + 1 }, (_, step) =>
        model.hit(from + step)
      );
      ticked.add(span.filter((each): each is Hit => each !== undefined));
    } else if (hit) {
      ticked.toggle(hit);
    }
    lastTicked.current = index;
  };
  const menu = (hit: Hit, x: number, y: number): void =>
    openRowMenu(commands, hit, x, y, trans, () => list.current?.focus());

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const seen =
      (scroller.current?.clientHeight ?? 0) -
      (scroller.current ? coveredBy(scroller.current)[0] : 0);
    const page = Math.max(1, Math.floor(seen / rowHeight) - 1);
    const action = listKey(event, { active, total, page });
    if (!action) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const hit = model.hit(active);
    if (action.kind === 'move') {
      moveTo(action.index);
    } else if (action.kind === 'leave') {
      if (event.key === 'Escape' && ticked.hits.length > 0) {
        ticked.clear();
      } else {
        onLeave();
      }
    } else if (action.kind === 'tick') {
      tick(active, event.shiftKey);
    } else if (hit && action.kind === 'open') {
      hub.openDataset(hit.ref);
    } else if (hit && action.kind === 'load' && hit.loads_as_anndata) {
      run(() => hub.load(hit.ref, hit.title));
    }
  };

  const onMouseDown = (event: MouseEvent): void => {
    const hit = model.hit(rowAt(event.clientY));
    if (hit && event.button === 0) {
      setActive(rowAt(event.clientY));
      watchDrag(hit, event.nativeEvent);
    }
  };
  const onClick = (event: MouseEvent<HTMLElement>): void => {
    const index = rowAt(event.clientY);
    const hit = model.hit(index);
    const target = event.target as HTMLElement;
    if (!hit) {
      return;
    }
    const onTick = target.closest('.jp-DataHub-tick') !== null;
    if (onTick || event.ctrlKey || event.metaKey || event.shiftKey) {
      tick(index, event.shiftKey);
    } else if (target.closest('.jp-DataHub-rowTitle')) {
      hub.openDataset(hit.ref);
    }
  };
  const onDoubleClick = (event: MouseEvent<HTMLElement>): void => {
    const hit = model.hit(rowAt(event.clientY));
    const target = event.target as HTMLElement;
    // A click on the title has opened it, one on the box has ticked it.
    if (hit && !target.closest('.jp-DataHub-rowTitle, .jp-DataHub-tick')) {
      hub.openDataset(hit.ref);
    }
  };
  const onContextMenu = (event: MouseEvent): void => {
    const byKey = event.button !== 2;
    const index = byKey ? active : rowAt(event.clientY);
    const hit = model.hit(index);
    if (hit) {
      event.preventDefault();
      event.stopPropagation();
      const box = document
        .getElementById(`${id}-${index}`)
        ?.getBoundingClientRect();
      setActive(index);
      menu(
        hit,
        byKey && box ? box.left + 24 : event.clientX,
        byKey && box ? box.bottom : event.clientY
      );
    }
  };

  const acted = hovered >= 0 || !focused ? hovered : active;
  const actedHit = model.hit(acted);
  const actedRow = rows.find(row => row.index === acted);

  return (
    <div
      className={`jp-DataHub-results ${
        tickedHits.length > 0 ? 'jp-mod-ticking' : ''
      }`}
      role="presentation"
      hidden={!state.loading && total === 0}
      {...listeners}
      onFocus={() => setFocused(true)}
      onBlur={event => {
        // The buttons over the active row belong to the list.
        if (!event.currentTarget.contains(event.relatedTarget)) {
          setFocused(false);
        }
      }}
    >
      {probe}
      {state.loading && <Skeleton rows={8} />}
      <div
        ref={list}
        className="jp-DataHub-list"
        role="listbox"
        tabIndex={0}
        hidden={state.loading || total === 0}
        aria-busy={state.loading}
        aria-label={trans.__('Datasets')}
        aria-multiselectable="true"
        aria-activedescendant={total > 0 ? `${id}-${active}` : undefined}
        style={{ height: virtualizer.getTotalSize() }}
        onKeyDown={onKeyDown}
        onMouseDown={onMouseDown}
        onClick={onClick}
        onDoubleClick={onDoubleClick}
        onContextMenu={onContextMenu}
      >
        {rows.map(({ index, start }) => {
          const hit = model.hit(index);
          const source = sources.find(({ name }) => name === hit?.source);
          return (
            <ResultRow
              key={index}
              id={`${id}-${index}`}
              index={index}
              total={total}
              top={start - offset}
              hit={hit}
              source={source ? sourceTitle(source) : (hit?.source ?? '')}
              active={focused && index === active}
              hovered={index === hovered}
              ticked={hit !== undefined && ticked.has(hit.ref)}
              transfer={hit && transferOf(hit, hub.transfers)}
            />
          );
        })}
      </div>
      {!state.loading && actedHit && actedRow && (
        <RowActions
          hit={actedHit}
          middle={actedRow.start - offset + rowHeight / 2}
          transfer={transferOf(actedHit, hub.transfers)}
          onMenu={menu}
        />
      )}
      {state.pageError !== null && (
        <div className="jp-DataHub-pageError">
          <ErrorNotice
            error={state.pageError}
            lead={trans.__('Some rows could not be fetched.')}
            onRetry={() => model.retryPages()}
          />
        </div>
      )}
    </div>
  );
});
ResultList.displayName = 'ResultList';
