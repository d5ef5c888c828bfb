import type { ReactElement } from 'react';

import type { Asset } from '../api/models';
import { useSidebar } from '../browser/context';

/** What a file is compared with once it is here, as far as its catalog says. */
export function Checksum({
  asset
}: {
  readonly asset: Asset;
}): ReactElement | null {
  const { trans } = useSidebar().hub;
  const checksums = Object.entries(asset.checksums);
  if (checksums.length === 0) {
    return asset.volatile ? null : (
      <span
        className="jp-DataHub-quiet"
        title={trans.__(
          'Its catalog publishes none. The length is checked, and a checksum is computed while it comes.'
        )}
      >
        {trans.__('none published')}
      </span>
    );
  }
  return (
    <>
      {checksums.map(([algorithm, digest]) => (
        <span key={algorithm} title={digest}>
          {algorithm} <code>{digest.slice(0, 8)}…</code>
        </span>
      ))}
    </>
  );
}
