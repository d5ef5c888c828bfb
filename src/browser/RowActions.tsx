import { downloadIcon, ellipsesIcon } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';

import type { Hit, Transfer } from '../api/models';
import { loadIcon } from '../icons';
import { isFinal } from '../transfers/states';
import { useSidebar } from './context';
import { formatBytes } from './format';
import { filesOf, filesWords, wantedOf } from './hitFiles';

interface IProps {
  readonly hit: Hit;
  /** Pixels from the top of the list to the middle of the row. */
  readonly middle: number;
  readonly transfer: Transfer | undefined;
  readonly onMenu: (hit: Hit, x: number, y: number) => void;
}

/**
 * What can be done with the row under the pointer or the cursor.
 *
 * The buttons lie over the row, not in it: what is inside of an option is no control to a screen
 * reader. The Tab key leads from the list to them.
 */
export function RowActions(props: IProps): ReactElement {
  const { hub, run } = useSidebar();
  const { trans } = hub;
  const { hit, middle, transfer, onMenu } = props;
  const moving = transfer !== undefined && !isFinal(transfer.state);
  const size = hit.size === null ? '' : ` (${formatBytes(hit.size)})`;
  const files = filesOf(hit);
  const loadWords = hit.in_library
    ? trans.__('Load into the notebook (Ctrl+Enter)')
    : trans.__('Download%1 and load into the notebook (Ctrl+Enter)', size);
  return (
    <div
      className="jp-DataHub-rowActions"
      role="toolbar"
      aria-label={trans.__('Actions for %1', hit.title)}
      style={{ transform: `translateY(${middle}px) translateY(-50%)` }}
    >
      {hit.loads_as_anndata && (
        <button
          type="button"
          className="jp-DataHub-button jp-mod-styled jp-mod-accept"
          aria-label={trans.__('Load %1', hit.title)}
          title={loadWords}
          onClick={() => run(() => hub.load(hit.ref, hit.title))}
        >
          <loadIcon.react
            tag="span"
            className="jp-DataHub-icon"
            aria-hidden="true"
          />
          <span className="jp-DataHub-buttonText">{trans.__('Load')}</span>
        </button>
      )}
      {!hit.in_library && !moving && (
        <button
          type="button"
          className="jp-DataHub-button"
          aria-label={
            files
              ? trans.__('Download files of %1', hit.title)
              : trans.__('Download %1', hit.title)
          }
          title={
            files ? filesWords(files, trans) : trans.__('Download%1', size)
          }
          onClick={() =>
            run(() => {
              const { ref, ...options } = wantedOf(hit);
              return hub.download(ref, options);
            })
          }
        >
          <downloadIcon.react
            tag="span"
            className="jp-DataHub-icon"
            aria-hidden="true"
          />
        </button>
      )}
      <button
        type="button"
        className="jp-DataHub-button"
        aria-label={trans.__('More actions for %1', hit.title)}
        aria-haspopup="menu"
        title={trans.__('More actions')}
        onClick={event => {
          const box = event.currentTarget.getBoundingClientRect();
          onMenu(hit, box.left, box.bottom);
        }}
      >
        <ellipsesIcon.react
          tag="span"
          className="jp-DataHub-icon"
          aria-hidden="true"
        />
      </button>
    </div>
  );
}
