import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useMemo, useRef, type ReactElement } from 'react';

import type { GraphTable } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';

/** Pixels from one row to the next; the style sheet says the same. */
const ROW = 26;
/** Rows drawn beyond both edges of what is seen. */
const OVERSCAN = 12;
/** Rows that the widths of columns are made for. */
const LOOKED_AT = 100;
/** Characters that a column has room for. */
const NARROWEST = 6;
const WIDEST = 40;

type Cell = GraphTable['rows'][number][number];

interface IProps {
  readonly table: GraphTable;
}

/** A table of which only the rows in sight exist. */
export const AnswerTable = memo(({ table }: IProps): ReactElement => {
  const { trans } = useSidebar().hub;
  const { columns, rows } = table;
  const scroller = useRef<HTMLDivElement>(null);
  const widths = useMemo(() => widthsOf(table), [table]);
  const numeric = useMemo(
    () =>
      columns.map((_, at) =>
        rows.slice(0, LOOKED_AT).some(row => typeof row[at] === 'number')
      ),
    [columns, rows]
  );
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: OVERSCAN,
    // What is drawn before anything is measured.
    initialRect: { width: 0, height: 400 }
  });
  const drawn = virtualizer.getVirtualItems();
  const above = drawn[0]?.start ?? 0;
  const end = drawn[drawn.length - 1]?.end ?? 0;
  const below = Math.max(0, virtualizer.getTotalSize() - end);
  const number = String(rows.length).length + 2;
  return (
    <div
      ref={scroller}
      className="jp-DataHub-graphTable"
      role="region"
      aria-label={trans.__('Rows of %1', table.name)}
      // What is out of sight is scrolled to, with the keyboard as well.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <table
        aria-rowcount={rows.length + 1}
        style={{ width: `${number + widths.reduce((a, b) => a + b, 0)}ch` }}
      >
        <colgroup>
          <col style={{ width: `${number}ch` }} />
          {widths.map((width, at) => (
            <col key={at} style={{ width: `${width}ch` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">
              <span className="jp-DataHub-spoken">{trans.__('Row')}</span>
            </th>
            {columns.map((name, at) => (
              <th
                key={name}
                scope="col"
                title={name}
                className={numeric[at] ? 'jp-DataHub-number' : undefined}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap height={above} />
          {drawn.map(({ index }) => (
            <tr key={index} aria-rowindex={index + 2}>
              <th scope="row">{formatInteger(index + 1)}</th>
              {columns.map((name, at) => (
                <td
                  key={name}
                  title={textOf(rows[index][at])}
                  className={numeric[at] ? 'jp-DataHub-number' : undefined}
                >
                  {textOf(rows[index][at])}
                </td>
              ))}
            </tr>
          ))}
          <Gap height={below} />
        </tbody>
      </table>
    </div>
  );
});
AnswerTable.displayName = 'AnswerTable';

/** The room of rows that are not drawn. */
function Gap({ height }: { readonly height: number }): ReactElement | null {
  return height > 0 ? <tr aria-hidden="true" style={{ height }} /> : null;
}

/** Characters of each column: what its heading and its first cells need. */
function widthsOf({ columns, rows }: GraphTable): readonly number[] {
  return columns.map((name, at) => {
    const longest = rows
      .slice(0, LOOKED_AT)
      .reduce(
        (most, row) => Math.max(most, textOf(row[at]).length),
        name.length
      );
    return Math.max(NARROWEST, Math.min(WIDEST, longest)) + 3;
  });
}

/** Numbers stand as they are in the table that is downloaded: they may be identifiers. */
function textOf(cell: Cell): string {
  return cell === null ? '' : String(cell);
}
