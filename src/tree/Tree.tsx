import {
  forwardRef,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent
} from 'react';

import { useSignal } from '../browser/useSignal';
import { treeKey } from './keys';
import type { TreeModel } from './model';
import type { ITreeRow } from './rows';
import { TreeRow } from './TreeRow';

export interface ITreeActions {
  /** Whether a row is ticked; null where it cannot be. */
  readonly ticked: (row: ITreeRow) => boolean | null;
  readonly onTick: (row: ITreeRow) => void;
  /** Enter, or a click on the name, where there is nothing to expand. */
  readonly onOpen: (row: ITreeRow) => void;
  /**
   * Whether a row that can be expanded has a page as well: then Enter, a double click and the
   * sign in the row open that.
   */
  readonly hasPage?: (row: ITreeRow) => boolean;
  readonly onLoad?: (row: ITreeRow) => void;
  readonly onMenu?: (row: ITreeRow, x: number, y: number) => void;
  readonly onDrag?: (row: ITreeRow, pressed: globalThis.MouseEvent) => void;
}

interface IProps extends ITreeActions {
  readonly model: TreeModel;
  readonly label: string;
}

export interface ITree {
  focus(): void;
}

/** The trees of the stores: arrows move and unfold, Enter opens, Space ticks. */
export const Tree = forwardRef<ITree, IProps>((props, handle) => {
  const { model, label, ticked, hasPage } = props;
  const { onTick, onOpen, onLoad, onMenu, onDrag } = props;
  const rows = useSignal(model.changed, () => model.rows);
  const id = useId();
  const tree = useRef<HTMLDivElement>(null);
  const [activeKey, setActiveKey] = useState('');
  const [focused, setFocused] = useState(false);
  // Rows come and go above the cursor; it stays with its row, else with its place.
  const lastIndex = useRef(0);
  const found = rows.findIndex(({ key }) => key === activeKey);
  const active =
    found >= 0
      ? found
      : Math.max(0, Math.min(lastIndex.current, rows.length - 1));
  lastIndex.current = active;

  useImperativeHandle(handle, () => ({ focus: () => tree.current?.focus() }));
  useEffect(() => {
    if (focused) {
      document
        .getElementById(`${id}-${active}`)
        ?.scrollIntoView?.({ block: 'nearest' });
    }
  }, [active, focused, id]);

  const { pointed } = model;
  useEffect(() => {
    if (pointed && rows.some(({ key }) => key === pointed)) {
      setActiveKey(pointed);
      model.arrived();
      tree.current?.focus();
    }
  }, [model, pointed, rows]);

  const moveTo = (index: number): void => setActiveKey(rows[index]?.key ?? '');
  const open = (row: ITreeRow): void => {
    if (row.kind === 'more' || row.kind === 'error') {
      model.more(row);
    } else if (row.expanded !== null) {
      model.toggle(row);
    } else {
      onOpen(row);
    }
  };
  const tick = (row: ITreeRow): void => {
    if (ticked(row) !== null) {
      onTick(row);
    } else {
      open(row);
    }
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[active];
    const action = treeKey(event, rows, active);
    if (!row || !action || action.kind === 'leave') {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    switch (action.kind) {
      case 'move':
        moveTo(action.index);
        break;
      case 'toggle':
        model.toggle(row);
        break;
      case 'open':
        if (hasPage?.(row)) {
          onOpen(row);
        } else {
          open(row);
        }
        break;
      case 'load':
        onLoad?.(row);
        break;
      case 'tick':
        tick(row);
    }
  };
  const rowAt = (event: MouseEvent): ITreeRow | undefined => {
    const node = (event.target as HTMLElement).closest<HTMLElement>(
      '[data-index]'
    );
    return rows[Number(node?.dataset.index ?? -1)];
  };
  const onClick = (event: MouseEvent): void => {
    const row = rowAt(event);
    const target = event.target as HTMLElement;
    if (!row) {
      return;
    }
    setActiveKey(row.key);
    if (target.closest('.jp-DataHub-treePage')) {
      onOpen(row);
    } else if (target.closest('.jp-DataHub-treeMore') && onMenu) {
      const box = target.getBoundingClientRect();
      onMenu(row, box.left, box.bottom);
    } else if (
      target.closest('.jp-DataHub-tick') ||
      event.ctrlKey ||
      event.metaKey
    ) {
      tick(row);
    } else {
      open(row);
    }
  };
  const onDoubleClick = (event: MouseEvent): void => {
    const row = rowAt(event);
    const target = event.target as HTMLElement;
    const sign = '.jp-DataHub-treePage, .jp-DataHub-treeMore, .jp-DataHub-tick';
    if (row && hasPage?.(row) && !target.closest(sign)) {
      onOpen(row);
    }
  };
  const onContextMenu = (event: MouseEvent): void => {
    const byKey = event.button !== 2;
    const row = byKey ? rows[active] : rowAt(event);
    if (!row || !onMenu) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    setActiveKey(row.key);
    const box = document
      .getElementById(`${id}-${active}`)
      ?.getBoundingClientRect();
    onMenu(
      row,
      byKey ? (box?.left ?? 0) + 24 : event.clientX,
      byKey ? (box?.bottom ?? 0) : event.clientY
    );
  };
  return (
    <div
      ref={tree}
      className="jp-DataHub-tree"
      role="tree"
      tabIndex={0}
      aria-label={label}
      aria-multiselectable="true"
      aria-activedescendant={rows.length > 0 ? `${id}-${active}` : undefined}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
      onKeyDown={onKeyDown}
      onMouseDown={event => {
        const row = rowAt(event);
        if (row && event.button === 0) {
          onDrag?.(row, event.nativeEvent);
        }
      }}
      onClick={onClick}
      onDoubleClick={onDoubleClick}
      onContextMenu={onContextMenu}
    >
      {rows.map((row, index) => (
        <TreeRow
          key={row.key}
          id={`${id}-${index}`}
          index={index}
          row={row}
          active={focused && index === active}
          ticked={ticked(row)}
          menu={onMenu !== undefined}
          page={hasPage?.(row) ?? false}
        />
      ))}
    </div>
  );
});
Tree.displayName = 'Tree';
