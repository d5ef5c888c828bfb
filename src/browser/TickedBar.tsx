import { addIcon, closeIcon, downloadIcon } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';

import type { Hit } from '../api/models';
import { loadIcon } from '../icons';
import { useSidebar } from './context';
import { formatBytes, formatInteger } from './format';
import { IconButton } from './IconButton';

interface IProps {
  readonly hits: readonly Hit[];
  readonly onDownload: () => void;
  readonly onLoad: () => void;
  readonly onNotebook: () => void;
  readonly onClear: () => void;
}

/** What can be done with all ticked datasets at once. */
export function TickedBar(props: IProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { hits, onDownload, onLoad, onNotebook, onClear } = props;
  if (hits.length === 0) {
    return null;
  }
  const bytes = hits.reduce((sum, { size }) => sum + (size ?? 0), 0);
  return (
    <div
      className="jp-DataHub-tickedBar"
      role="toolbar"
      aria-label={trans.__('Actions for the ticked datasets')}
    >
      <button
        type="button"
        className="jp-DataHub-button jp-mod-styled jp-mod-accept"
        onClick={onDownload}
      >
        <downloadIcon.react
          tag="span"
          className="jp-DataHub-icon"
          aria-hidden="true"
        />
        <span className="jp-DataHub-buttonText">
          {trans._n(
            'Download %2 ticked',
            'Download %2 ticked',
            hits.length,
            formatInteger(hits.length)
          )}
        </span>
      </button>
      <IconButton
        icon={loadIcon}
        label={trans.__('Load all ticked into the notebook')}
        text={trans.__('Load')}
        onClick={onLoad}
      />
      <IconButton
        icon={addIcon}
        label={trans.__('New notebook from all ticked')}
        text={trans.__('Notebook')}
        onClick={onNotebook}
      />
      <span className="jp-DataHub-tickedSize">{formatBytes(bytes)}</span>
      <button
        type="button"
        className="jp-DataHub-button"
        aria-label={trans.__('Untick all')}
        title={trans.__('Untick all (Esc)')}
        onClick={onClear}
      >
        <closeIcon.react
          tag="span"
          className="jp-DataHub-icon"
          aria-hidden="true"
        />
      </button>
    </div>
  );
}
