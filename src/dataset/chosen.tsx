import type { TranslationBundle } from '@jupyterlab/translation';
import { downloadIcon } from '@jupyterlab/ui-components';
import { useEffect, type ReactElement } from 'react';

import type { Asset } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatBytes, formatInteger } from '../browser/format';
import { useSignal } from '../browser/useSignal';

interface IProps {
  /** Those that can be ticked. */
  readonly assets: readonly Asset[];
  readonly chosen: ReadonlySet<string>;
  /** Whether these are all files of the dataset. */
  readonly whole: boolean;
  readonly onChosen: (chosen: ReadonlySet<string>) => void;
  /** Gets the files to download; null: all of them. */
  readonly onDownload: (assets: readonly Asset[] | null) => void;
}

/** Files that come as one transfer where they are not all there are, as the server has it. */
export const MOST = 10_000;

/** How many of the files are ticked and what they cost, and the button that fetches them. */
export function Chosen(props: IProps): ReactElement {
  const { hub } = useSidebar();
  const { trans, library } = hub;
  const { assets, chosen, whole, onChosen, onDownload } = props;
  const ticked = assets.filter(({ ref }) => chosen.has(ref));
  const some = ticked.length > 0;
  const all = some && ticked.length === assets.length;
  const room = useSignal(library.changed, () => library.room);
  useEffect(() => {
    if (some && library.room === null) {
      void library.refresh();
    }
  }, [some, library]);
  const bytes = sizeOf(ticked);
  const full = room !== null && bytes > room;
  const many = ticked.length > MOST && !(all && whole);
  return (
    <div
      className="jp-DataHub-chosen"
      role="toolbar"
      aria-label={trans.__('Actions for the files')}
    >
      <label className="jp-DataHub-check">
        <input
          type="checkbox"
          checked={all}
          ref={node => {
            if (node) {
              node.indeterminate = some && !all;
            }
          }}
          onChange={() =>
            onChosen(new Set(all ? [] : assets.map(({ ref }) => ref)))
          }
        />
        {trans.__('All files')}
      </label>
      <button
        type="button"
        className="jp-DataHub-button"
        disabled={!some || full || many}
        onClick={() => onDownload(all && whole ? null : ticked)}
      >
        <downloadIcon.react
          tag="span"
          className="jp-DataHub-icon"
          aria-hidden="true"
        />
        {some
          ? trans._n(
              'Download %2 file (%3)',
              'Download %2 files (%3)',
              ticked.length,
              formatInteger(ticked.length),
              sizeWords(ticked, trans)
            )
          : trans.__('Download chosen')}
      </button>
      <span className="jp-DataHub-quiet">
        {many
          ? trans.__(
              'At most %1 files come at once: choose fewer.',
              formatInteger(MOST)
            )
          : some && room !== null
            ? full
              ? trans.__(
                  'There is room for %1 only. Choose fewer, or make room in the library.',
                  formatBytes(room)
                )
              : trans.__('There is room for %1.', formatBytes(room))
            : trans._n(
                '%2 file, %3',
                '%2 files, %3',
                assets.length,
                formatInteger(assets.length),
                sizeWords(assets, trans)
              )}
      </span>
    </div>
  );
}

function sizeOf(files: readonly Asset[]): number {
  return files.reduce((sum, file) => sum + (aboutOf(file) ?? 0), 0);
}

/** How large files are together, as far as their catalog says. */
function sizeWords(files: readonly Asset[], trans: TranslationBundle): string {
  const bytes = formatBytes(sizeOf(files));
  if (files.every(file => aboutOf(file) === null)) {
    return trans.__('size not known');
  }
  if (files.some(file => aboutOf(file) === null)) {
    return trans.__('at least %1', bytes);
  }
  return files.some(({ size }) => size === null)
    ? trans.__('about %1', bytes)
    : bytes;
}

function aboutOf({ size, rounded_size }: Asset): number | null {
  return size ?? rounded_size;
}
