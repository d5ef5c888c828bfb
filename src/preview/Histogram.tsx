import type { ReactElement } from 'react';

const WIDTH = 80;
const HEIGHT = 18;

/** How numbers are spread, small enough for a line of text. */
export function Histogram({
  counts,
  label
}: {
  readonly counts: readonly number[];
  readonly label: string;
}): ReactElement | null {
  const most = Math.max(0, ...counts);
  if (counts.length < 2 || most === 0) {
    return null;
  }
  const wide = WIDTH / counts.length;
  const bars = counts
    .map((count, bin) => {
      // What is there at all is seen.
      const high = count > 0 ? Math.max(1, (count / most) * HEIGHT) : 0;
      return `M${(bin * wide).toFixed(1)} ${HEIGHT}v${(-high).toFixed(1)}h${(wide - 0.5).toFixed(1)}v${high.toFixed(1)}z`;
    })
    .join('');
  return (
    <svg
      className="jp-DataHub-histogram"
      role="img"
      aria-label={label}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
    >
      <path d={bars} />
    </svg>
  );
}
