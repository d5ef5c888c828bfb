import type { ReactElement } from 'react';

/** Grey bars where the lines of a row will be. */
export function SkeletonLines(): ReactElement {
  return (
    <>
      <span className="jp-DataHub-bone jp-mod-title" />
      <span className="jp-DataHub-bone jp-mod-subject" />
      <span className="jp-DataHub-bone jp-mod-foot" />
    </>
  );
}

/** A list of rows on their way. */
export function Skeleton({ rows }: { rows: number }): ReactElement {
  return (
    <div aria-hidden="true">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="jp-DataHub-row jp-mod-static">
          <SkeletonLines />
        </div>
      ))}
    </div>
  );
}
