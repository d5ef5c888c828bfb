import { closeIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';

import type { TransferAction } from '../api/client';
import type { Transfer } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { formatInteger } from '../browser/format';
import { IconButton } from '../browser/IconButton';
import {
  dataHubIcon,
  loadIcon,
  pauseIcon,
  resumeIcon,
  trashIcon
} from '../icons';
import { connectionProblemIcon } from '../icons/stores';
import { CommandIDs } from '../tokens';
import { WHOLE } from '../loading/manner';
import { GroupFailures } from './GroupFailures';
import {
  fraction,
  isFinal,
  waitsForConnection,
  waitsForConsent
} from './states';
import { stateWords } from './words';

/** One transfer: what, how far, how fast, and what can be done about it. */
export function TransferRow({
  transfer
}: {
  transfer: Transfer;
}): ReactElement {
  const { hub, commands, run } = useSidebar();
  const { trans, transfers } = hub;
  const { id, ref, title, name, state, note, error, path, source } = transfer;
  const { selection } = transfer;
  const upload = transfer.direction === 'upload';
  const ended = isFinal(state);
  const failedFiles = transfer.group?.failed ?? 0;
  const waits = waitsForConnection(transfer);
  const unpaid = waitsForConsent(transfer);
  const act = (action: TransferAction): void =>
    run(() => transfers.act(id, action));
  return (
    <li className={`jp-DataHub-transfer jp-mod-${state}`}>
      <div className="jp-DataHub-transferHead">
        <span className="jp-DataHub-transferTitle" title={path || name}>
          {title || name}
        </span>
        {state === 'done' && upload && (
          <IconButton
            icon={dataHubIcon}
            label={trans.__('Show %1 in its store', title || name)}
            text={trans.__('Show')}
            onClick={() => hub.openDataset(ref)}
          />
        )}
        {state === 'done' && !upload && !transfer.group && (
          <IconButton
            icon={loadIcon}
            label={trans.__('Load %1 into the notebook', title || name)}
            text={trans.__('Load')}
            onClick={() =>
              run(() =>
                selection
                  ? hub.load(ref, title, '', {
                      ...WHOLE,
                      part: { selection, size: 0 }
                    })
                  : hub.load(ref, title)
              )
            }
          />
        )}
        {(state === 'running' ||
          state === 'queued' ||
          state === 'resolving') && (
          <IconButton
            icon={pauseIcon}
            label={trans.__('Pause %1', title || name)}
            onClick={() => act('pause')}
          />
        )}
        {unpaid && (
          <button
            type="button"
            className="jp-DataHub-button"
            aria-label={
              state === 'paused'
                ? trans.__('Raise the limit of %1', title || name)
                : trans.__('Set a limit for %1', title || name)
            }
            onClick={() => act(state === 'paused' ? 'resume' : 'retry')}
          >
            <span className="jp-DataHub-buttonText">
              {state === 'paused'
                ? trans.__('Raise the limit')
                : trans.__('Set a limit')}
            </span>
          </button>
        )}
        {state === 'paused' && !unpaid && (
          <IconButton
            icon={resumeIcon}
            label={trans.__('Resume %1', title || name)}
            onClick={() => act('resume')}
          />
        )}
        {waits && (
          <IconButton
            icon={connectionProblemIcon}
            label={trans.__('Connect again to go on with %1', title || name)}
            text={trans.__('Connect again')}
            onClick={() => {
              void commands.execute(CommandIDs.connections, { name: source });
            }}
          />
        )}
        {((state === 'failed' && !waits && !unpaid) ||
          state === 'cancelled') && (
          <IconButton
            icon={refreshIcon}
            label={
              failedFiles > 0
                ? trans._n(
                    'Retry %2 file of %3',
                    'Retry %2 files of %3',
                    failedFiles,
                    formatInteger(failedFiles),
                    title || name
                  )
                : upload
                  ? trans.__('Save %1 again', title || name)
                  : trans.__('Download %1 again', title || name)
            }
            text={
              failedFiles > 0
                ? trans._n(
                    'Retry %2 file',
                    'Retry %2 files',
                    failedFiles,
                    formatInteger(failedFiles)
                  )
                : undefined
            }
            onClick={() => act('retry')}
          />
        )}
        {ended ? (
          <IconButton
            icon={trashIcon}
            label={trans.__('Take %1 off the list', title || name)}
            onClick={() => run(() => transfers.remove(id))}
          />
        ) : (
          <IconButton
            icon={closeIcon}
            label={trans.__('Cancel %1', title || name)}
            onClick={() => act('cancel')}
          />
        )}
      </div>
      {!ended && <Bar transfer={transfer} />}
      <div className="jp-DataHub-transferState">
        {stateWords(transfer, trans)}
      </div>
      {note && !ended && <div className="jp-DataHub-hint">{note}</div>}
      {state === 'failed' && !waits && error && <ErrorNotice error={error} />}
      {failedFiles > 0 && (
        <GroupFailures transfer={transfer} failed={failedFiles} />
      )}
    </li>
  );
}

function Bar({ transfer }: { transfer: Transfer }): ReactElement {
  const { trans } = useSidebar().hub;
  const part = transfer.state === 'resolving' ? null : fraction(transfer);
  return (
    <div
      className={`jp-DataHub-bar ${part === null ? 'jp-mod-unknown' : ''}`}
      role="progressbar"
      aria-label={transfer.title || transfer.name}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={part === null ? undefined : Math.floor(part * 100)}
      aria-valuetext={stateWords(transfer, trans)}
    >
      <div
        className="jp-DataHub-barDone"
        style={part === null ? undefined : { width: formatPercentCss(part) }}
      />
    </div>
  );
}

function formatPercentCss(part: number): string {
  return `${(part * 100).toFixed(2)}%`;
}
