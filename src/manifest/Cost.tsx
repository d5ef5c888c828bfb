import { useEffect, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { formatBytes, formatInteger } from '../browser/format';
import { useSignal } from '../browser/useSignal';
import type { IManifest } from './read';

/** How many files a manifest brings, how large they are, and whether there is room. */
export function Cost({ manifest }: { manifest: IManifest }): ReactElement {
  const { trans, library } = useSidebar().hub;
  const room = useSignal(library.changed, () => library.room);
  useEffect(() => void library.refresh(), [library]);
  const { files, size, unsized } = manifest;
  const short = room !== null && room < size;
  const count = trans._n('%2 file', '%2 files', files, formatInteger(files));
  return (
    <p
      className={
        short ? 'jp-DataHub-notice jp-mod-warning' : 'jp-DataHub-claims'
      }
      role="status"
    >
      <strong>
        {unsized < files
          ? trans.__('%1, %2 in all.', count, formatBytes(size))
          : `${count}.`}
      </strong>{' '}
      {unsized > 0 &&
        trans._n(
          'The size of %2 file is not said.',
          'The sizes of %2 files are not said.',
          unsized,
          formatInteger(unsized)
        )}{' '}
      {room !== null && trans.__('There is room for %1.', formatBytes(room))}
    </p>
  );
}
