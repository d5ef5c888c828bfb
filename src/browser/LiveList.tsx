import {
  useId,
  useRef,
  useState,
  type ReactElement,
  type RefObject
} from 'react';

import { useSidebar } from './context';
import { transferOf } from './hitFiles';
import { listKey } from './listKeys';
import type { ILiveAnswer } from './liveAnswer';
import { ResultRow } from './ResultRow';
import { RowActions } from './RowActions';
import { watchDrag } from './rowDrag';
import { openRowMenu } from './rowMenu';
import type { TickedModel } from './tickedModel';
import { usePointedRow } from './usePointedRow';
import { useRowHeight } from './useRowHeight';
import { useSignal } from './useSignal';

interface IProps {
  readonly answer: ILiveAnswer;
  readonly ticked: TickedModel;
  /** What the rows scroll in. */
  readonly scroller: RefObject<HTMLElement>;
}

/** The rows of one store; short enough to be all there. */
export function LiveList({ answer, ticked, scroller }: IProps): ReactElement {
  const { hub, commands, run } = useSidebar();
  const { trans } = hub;
  const { hits, title } = answer;
  useSignal(ticked.changed, () => ticked.hits);
  useSignal(hub.transfers.changed, () => hub.transfers.items);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [probe, rowHeight] = useRowHeight();
  const [active, setActive] = useState(0);
  const [focused, setFocused] = useState(false);
  const { hovered, rowAt, listeners } = usePointedRow(
    list,
    scroller,
    rowHeight,
    hits.length
  );
  const acted = hovered >= 0 ? hovered : focused ? active : -1;
  const actedHit = hits[acted];

  const menu = (index: number, x: number, y: number): void =>
    openRowMenu(commands, hits[index], x, y, trans, () =>
      list.current?.focus()
    );
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const place = { active, total: hits.length, page: 5 };
    const action = listKey(event, place);
    const hit = hits[active];
    if (!action || !hit || action.kind === 'leave') {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (action.kind === 'move') {
      setActive(action.index);
      document
        .getElementById(`${id}-${action.index}`)
        ?.scrollIntoView?.({ block: 'nearest' });
    } else if (action.kind === 'tick') {
      ticked.toggle(hit);
    } else if (action.kind === 'open') {
      hub.openDataset(hit.ref);
    } else if (hit.loads_as_anndata) {
      run(() => hub.load(hit.ref, hit.title));
    }
  };
  return (
    // The list inside is what is operated; this follows the pointer for its buttons.
    <div
      className="jp-DataHub-liveList"
      role="presentation"
      {...listeners}
      onFocus={() => setFocused(true)}
      onBlur={event => {
        if (!event.currentTarget.contains(event.relatedTarget)) {
          setFocused(false);
        }
      }}
    >
      {probe}
      <div
        ref={list}
        className="jp-DataHub-list"
        role="listbox"
        tabIndex={0}
        aria-label={trans.__('Datasets of %1', title)}
        aria-multiselectable="true"
        aria-activedescendant={`${id}-${active}`}
        style={{ height: hits.length * rowHeight }}
        onKeyDown={onKeyDown}
        onMouseDown={event => {
          const index = rowAt(event.clientY);
          if (hits[index] && event.button === 0) {
            setActive(index);
            watchDrag(hits[index], event.nativeEvent);
          }
        }}
        onClick={event => {
          const hit = hits[rowAt(event.clientY)];
          const target = event.target as HTMLElement;
          const ticks = event.ctrlKey || event.metaKey;
          if (hit && (ticks || target.closest('.jp-DataHub-tick'))) {
            ticked.toggle(hit);
          } else if (hit && target.closest('.jp-DataHub-rowTitle')) {
            hub.openDataset(hit.ref);
          }
        }}
        onContextMenu={event => {
          const byKey = event.button !== 2;
          const index = byKey ? active : rowAt(event.clientY);
          if (hits[index]) {
            event.preventDefault();
            event.stopPropagation();
            const box = list.current?.getBoundingClientRect();
            menu(
              index,
              byKey ? (box?.left ?? 0) + 24 : event.clientX,
              byKey ? (box?.top ?? 0) + (index + 1) * rowHeight : event.clientY
            );
          }
        }}
      >
        {hits.map((hit, index) => (
          <ResultRow
            key={hit.ref}
            id={`${id}-${index}`}
            index={index}
            total={answer.total}
            top={index * rowHeight}
            hit={hit}
            source={title}
            active={focused && index === active}
            hovered={index === hovered}
            ticked={ticked.has(hit.ref)}
            transfer={transferOf(hit, hub.transfers)}
          />
        ))}
      </div>
      {actedHit && (
        <RowActions
          hit={actedHit}
          middle={acted * rowHeight + rowHeight / 2}
          transfer={transferOf(actedHit, hub.transfers)}
          onMenu={(_, x, y) => menu(acted, x, y)}
        />
      )}
    </div>
  );
}
