import {
  useEffect,
  useRef,
  useState,
  type ReactElement,
  type ReactNode
} from 'react';

/** Rows that come and go together. */
const CHUNK = 100;
/** Rows below which all are there. */
const MANY = 200;
/** Pixels that a row is taken to be high until it was there. */
const ROW = 34;
/** How far from what is seen rows are put in place. */
const MARGIN = '800px';

interface IProps<T> {
  readonly items: readonly T[];
  readonly columns: number;
  readonly renderRow: (item: T) => ReactNode;
}

/** The rows of a long table; those far from what is seen are left out, and their room is kept. */
export function Chunks<T>(props: IProps<T>): ReactElement {
  const { items } = props;
  if (items.length <= MANY || typeof IntersectionObserver === 'undefined') {
    return <tbody>{items.map(props.renderRow)}</tbody>;
  }
  const starts = Array.from(
    { length: Math.ceil(items.length / CHUNK) },
    (_, index) => index * CHUNK
  );
  return (
    <>
      {starts.map(start => (
        <Chunk
          key={start}
          {...props}
          items={items.slice(start, start + CHUNK)}
          first={start === 0}
        />
      ))}
    </>
  );
}

function Chunk<T>({
  items,
  columns,
  renderRow,
  first
}: IProps<T> & { readonly first: boolean }): ReactElement {
  const node = useRef<HTMLTableSectionElement>(null);
  const [near, setNear] = useState(first);
  const [height, setHeight] = useState(items.length * ROW);
  useEffect(() => {
    const { current } = node;
    if (!current) {
      return;
    }
    const observer = new IntersectionObserver(
      entries => {
        const { isIntersecting } = entries[entries.length - 1];
        // What has the focus stays, however far away.
        if (!isIntersecting && !current.contains(document.activeElement)) {
          setHeight(known => current.offsetHeight || known);
          setNear(false);
        } else if (isIntersecting) {
          setNear(true);
        }
      },
      { rootMargin: `${MARGIN} 0px` }
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return (
    <tbody ref={node}>
      {near ? (
        items.map(renderRow)
      ) : (
        <tr aria-hidden="true" className="jp-DataHub-gap">
          <td colSpan={columns} style={{ height }} />
        </tr>
      )}
    </tbody>
  );
}
