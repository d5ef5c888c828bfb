import {
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement
} from 'react';

import type { PreviewColumn } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';
import { RangeFilter } from '../selection/RangeFilter';
import type { IChoosing } from '../selection/useChoosing';
import { formatNumber } from './numbers';
import type { Colours, ICategories, INumbers } from './decode';
import type { IShades } from './shades';

/** Categories that are shown before the rest is asked for. */
const MANY = 100;
/** Categories that are seen without scrolling, however small the window. */
const SEEN = 10;

interface IProps {
  readonly colours: Colours;
  readonly shades: IShades;
  /** Whether the categories have an order of their own. */
  readonly ordered: boolean;
  /** The column that numbers are of. */
  readonly column: PreviewColumn | undefined;
  /** null where nothing can be chosen. */
  readonly choosing: IChoosing | null;
}

interface IListProps {
  readonly colours: ICategories;
  readonly shades: IShades;
  /** The categories in their order, by their index. */
  readonly shown: readonly number[];
}

/** What the colours of a picture mean. */
export function Legend(props: IProps): ReactElement {
  const { colours } = props;
  return colours.kind === 'numbers' ? (
    <Scale {...props} colours={colours} />
  ) : (
    <Categories {...props} colours={colours} />
  );
}

function Categories({
  colours,
  shades,
  ordered,
  choosing
}: IProps & { readonly colours: ICategories }): ReactElement {
  const { trans } = useSidebar().hub;
  const { categories, counts, missing, by } = colours;
  const [all, setAll] = useState(false);
  const order = useMemo(() => {
    const known = categories.map((_, index) => index);
    const sorted = ordered
      ? known
      : known.sort((one, other) => counts[other] - counts[one]);
    // A category that no cell is of says nothing, and cells without one come last.
    return [
      ...sorted.filter(index => counts[index] > 0),
      ...(missing > 0 ? [categories.length] : [])
    ];
  }, [categories, counts, missing, ordered]);
  const shown = useMemo(
    () => (all ? order : order.slice(0, MANY)),
    [all, order]
  );
  const id = useId();
  const list = { colours, shades, shown };
  return (
    <div className="jp-DataHub-legend">
      {choosing ? (
        <Choices {...list} choosing={choosing} describedBy={`${id}-keys`} />
      ) : (
        <Names {...list} />
      )}
      {shown.length < order.length && (
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => setAll(true)}
        >
          {trans.__('%1 more', formatInteger(order.length - shown.length))}
        </button>
      )}
      {choosing && choosing.only !== null && (
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={choosing.onAll}
        >
          {trans.__('All of %1', by)}
        </button>
      )}
      {choosing && (
        <p id={`${id}-keys`} className="jp-DataHub-pictureKeys">
          {trans.__(
            'Click or Enter chooses cells, with Alt or by Delete leaves them out.'
          )}
        </p>
      )}
    </div>
  );
}

/** Categories that are only told. */
function Names({ colours, shades, shown }: IListProps): ReactElement {
  const { trans } = useSidebar().hub;
  return (
    <ul
      aria-label={trans.__('Cells by %1', colours.by)}
      // What is scrolled is to be reached by keys.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={shown.length > SEEN ? 0 : undefined}
    >
      {shown.map(category => (
        <li key={category}>
          <Category colours={colours} shades={shades} category={category} />
        </li>
      ))}
    </ul>
  );
}

/** Categories that are chosen by a click or a key. */
function Choices({
  colours,
  shades,
  shown,
  choosing,
  describedBy
}: IListProps & {
  readonly choosing: IChoosing;
  readonly describedBy: string;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const { only, onToggle, onAll } = choosing;
  const list = useRef<HTMLUListElement>(null);
  const [active, setActive] = useState(0);
  useEffect(() => setActive(0), [colours]);

  const go = (place: number): void => {
    const next = Math.max(0, Math.min(shown.length - 1, place));
    setActive(next);
    list.current?.querySelectorAll<HTMLElement>('[role=option]')[next]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const keys: { [key: string]: () => void } = {
      ArrowDown: () => go(active + 1),
      ArrowUp: () => go(active - 1),
      Home: () => go(0),
      End: () => go(shown.length - 1),
      Enter: () => onToggle(shown[active], false),
      ' ': () => onToggle(shown[active], false),
      Delete: () => onToggle(shown[active], true),
      ...(only === null ? {} : { Escape: onAll })
    };
    if (event.key in keys) {
      keys[event.key]();
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <ul
      ref={list}
      role="listbox"
      aria-label={trans.__('Cells by %1', colours.by)}
      aria-multiselectable="true"
      aria-describedby={describedBy}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      {shown.map((category, place) => (
        // The keys of the list choose.
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events
        <li
          key={category}
          role="option"
          aria-selected={only?.has(category) ?? false}
          tabIndex={place === active ? 0 : -1}
          className={
            only !== null && !only.has(category) ? 'jp-mod-behind' : undefined
          }
          onFocus={() => setActive(place)}
          onClick={event => onToggle(category, event.altKey)}
        >
          <Category colours={colours} shades={shades} category={category} />
        </li>
      ))}
    </ul>
  );
}

/** The colour of a category, what it is called, and how many cells are of it. */
function Category({
  colours,
  shades,
  category
}: Omit<IListProps, 'shown'> & { readonly category: number }): ReactElement {
  const { trans } = useSidebar().hub;
  const { categories, counts, missing } = colours;
  return (
    <>
      <span
        className="jp-DataHub-legendDot"
        style={{ backgroundColor: shades.css[category] }}
      />
      <span className="jp-DataHub-legendName">
        {categories[category] ?? trans.__('missing')}
      </span>
      <span className="jp-DataHub-count">
        {formatInteger(counts[category] ?? missing)}
      </span>
    </>
  );
}

/** From the lowest to the highest number. */
function Scale({
  colours,
  shades,
  column,
  choosing
}: IProps & { readonly colours: INumbers }): ReactElement {
  const { trans } = useSidebar().hub;
  const { range, missing, by } = colours;
  const [low, high] = shades.ends ?? range;
  const { css } = shades;
  return (
    <div
      className="jp-DataHub-legend"
      role="group"
      aria-label={trans.__('Cells by %1', by)}
    >
      <div
        className="jp-DataHub-scale"
        style={{
          backgroundImage: `linear-gradient(to right, ${css.slice(0, -1).join(', ')})`
        }}
      />
      <div className="jp-DataHub-scaleEnds">
        <span>
          {low > range[0] ? '≤ ' : ''}
          {formatNumber(low)}
        </span>
        <span>
          {high < range[1] ? '≥ ' : ''}
          {formatNumber(high)}
        </span>
      </div>
      {(low > range[0] || high < range[1]) && (
        <p className="jp-DataHub-hint">
          {trans.__(
            'From %1 to %2; the outermost hundredth at either end shares a colour.',
            formatNumber(range[0]),
            formatNumber(range[1])
          )}
        </p>
      )}
      {column && choosing && (
        <RangeFilter
          column={column}
          filter={choosing.range}
          onFilter={choosing.onRange}
        />
      )}
      {missing > 0 && (
        <p className="jp-DataHub-legendMissing">
          <span
            className="jp-DataHub-legendDot"
            style={{ backgroundColor: css[css.length - 1] }}
          />
          {trans.__('missing')}{' '}
          <span className="jp-DataHub-count">{formatInteger(missing)}</span>
        </p>
      )}
    </div>
  );
}
