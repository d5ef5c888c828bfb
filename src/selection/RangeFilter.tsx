import {
  useId,
  useRef,
  useState,
  type PointerEvent,
  type ReactElement
} from 'react';

import type { PreviewColumn } from '../api/models';
import { useSidebar } from '../browser/context';
import { anchorOf, brushed, sharesOf, spanOf } from './brush';
import type { IRangeFilter } from './filters';
import { NumberField } from './NumberField';
import { typed } from './brush';

const HEIGHT = 40;
const WIDTH = 240;

interface IProps {
  readonly column: PreviewColumn;
  readonly filter: IRangeFilter | null;
  readonly onFilter: (filter: IRangeFilter | null) => void;
}

/** A range of numbers: drag over how they are spread, or write its ends. */
export function RangeFilter(props: IProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { column, filter, onFilter } = props;
  const id = useId();
  const anchor = useRef<number | null>(null);
  const [problem, setProblem] = useState('');
  const span = spanOf(column);
  if (!span) {
    return null;
  }
  const { histogram, name } = column;
  const shares = sharesOf(filter, span);
  const most = Math.max(1, ...histogram);
  const wide = WIDTH / Math.max(1, histogram.length);
  const shareAt = (event: PointerEvent): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return (event.clientX - left) / (width || 1);
  };
  const crossed =
    filter?.low && filter.high ? filter.low.at > filter.high.at : false;
  const type = (end: 'low' | 'high', at: number | null): void =>
    onFilter(typed(name, filter, end, at));
  return (
    <div
      className="jp-DataHub-rangeFilter"
      role="group"
      aria-label={trans.__('Range of %1', name)}
    >
      <svg
        className="jp-DataHub-brush"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        onPointerDown={event => {
          event.currentTarget.setPointerCapture(event.pointerId);
          anchor.current = anchorOf(shareAt(event), filter !== null, shares);
        }}
        onPointerMove={event => {
          if (anchor.current !== null) {
            onFilter(brushed(column, anchor.current, shareAt(event)));
          }
        }}
        onPointerUp={() => {
          anchor.current = null;
        }}
        onPointerCancel={() => {
          anchor.current = null;
        }}
      >
        {histogram.map((count, bin) => {
          const high = count ? Math.max(1.5, (count / most) * HEIGHT) : 0;
          const inside =
            bin + 1 > shares[0] * histogram.length &&
            bin < shares[1] * histogram.length;
          return (
            <rect
              key={bin}
              className={inside ? undefined : 'jp-mod-behind'}
              x={bin * wide}
              y={HEIGHT - high}
              width={wide - 1}
              height={high}
            />
          );
        })}
        {filter && (
          <rect
            className="jp-DataHub-brushed"
            x={shares[0] * WIDTH}
            y={0}
            width={Math.max(1, (shares[1] - shares[0]) * WIDTH)}
            height={HEIGHT}
          />
        )}
      </svg>
      <div className="jp-DataHub-rangeEnds">
        <NumberField
          label={trans.__('from')}
          value={filter?.low?.at ?? null}
          placeholder={span[0]}
          describedBy={id}
          onValue={at => type('low', at)}
          onProblem={setProblem}
        />
        <NumberField
          label={trans.__('to')}
          value={filter?.high?.at ?? null}
          placeholder={span[1]}
          describedBy={id}
          onValue={at => type('high', at)}
          onProblem={setProblem}
        />
        {filter && (
          <button
            type="button"
            className="jp-DataHub-link"
            onClick={() => onFilter(null)}
          >
            {trans.__('All')}
          </button>
        )}
      </div>
      <p id={id} className="jp-DataHub-problem" role="alert">
        {problem ||
          (crossed
            ? trans.__('The first number is larger than the second.')
            : '')}
      </p>
    </div>
  );
}
