import { downloadIcon } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';

import type { Asset } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatBytes, formatInteger } from '../browser/format';

interface IProps {
  readonly assets: readonly Asset[];
  readonly chosen: ReadonlySet<string>;
  readonly onChosen: (chosen: ReadonlySet<string>) => void;
  /** Gets the files to download; null: all of them. */
  readonly onDownload: (assets: readonly Asset[] | null) => void;
}

/** How many of the files are ticked, and the buttons that fetch these or all. */
export function Chosen(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { assets, chosen, onChosen, onDownload } = props;
  const ticked = assets.filter(({ ref }) => chosen.has(ref));
  const all = ticked.length === assets.length;
  const sizeOf = (files: readonly Asset[]): string =>
    formatBytes(files.reduce((sum, { size }) => sum + (size ?? 0), 0));
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
              node.indeterminate = ticked.length > 0 && !all;
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
        disabled={ticked.length === 0}
        onClick={() => onDownload(all ? null : ticked)}
      >
        <downloadIcon.react
          tag="span"
          className="jp-DataHub-icon"
          aria-hidden="true"
        />
        {ticked.length === 0
          ? trans.__('Download chosen')
          : trans._n(
              'Download %2 file (%3)',
              'Download %2 files (%3)',
              ticked.length,
              formatInteger(ticked.length),
              sizeOf(ticked)
            )}
      </button>
      <span className="jp-DataHub-quiet">
        {trans._n(
          '%2 file, %3',
          '%2 files, %3',
          assets.length,
          formatInteger(assets.length),
          sizeOf(assets)
        )}
      </span>
    </div>
  );
}
