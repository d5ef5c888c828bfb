import { Notification } from '@jupyterlab/apputils';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';

import type { Transfer } from '../api/models';
import { report } from '../api/report';
import { errorSentences } from '../api/sentences';
import { formatBytes } from '../browser/format';
import type { IDataHub } from '../tokens';
import { EndedSessions } from './ended';
import type { TransfersModel } from './model';
import { waitsForConnection } from './states';

/** Milliseconds a good end stays in sight. */
const SHOWN = 10_000;

/** What can be done with a transfer that has ended. */
export interface IWaysOn {
  /** Bring the list of transfers into sight. */
  readonly show: () => void;
  /** Show where in its store something is. */
  readonly tree: (ref: string) => void;
  /** Open the form of a notebook that could not be saved, as it was filled in. */
  readonly again: (transfer: Transfer) => void;
  /** Lead to where one connects to a store again. */
  readonly connect: (source: string) => void;
}

/**
 * Tell the end of each transfer, with what to do next.
 *
 * @param wanted - Whether the user wants to be told of good ends; failures are always told.
 */
export function notifyEnds(
  hub: IDataHub,
  wanted: () => boolean,
  { show, tree, again, connect }: IWaysOn
): IDisposable {
  const { trans, transfers } = hub;
  const ended = new EndedSessions(hub, connect);

  const act = (action: () => Promise<unknown>): void => {
    action().catch((error: unknown) => report(error, trans));
  };
  const tell = (transfer: Transfer): void => {
    if (transfers.awaited.has(transfer.id)) {
      return;
    }
    const { id, ref, state, error } = transfer;
    const title = transfer.title || transfer.name;
    const upload = transfer.direction === 'upload';
    if (state === 'done' && upload) {
      Notification.success(
        trans.__('Saved as “%1” (%2).', title, lastPart(ref)),
        {
          autoClose: false,
          actions: [
            {
              label: trans.__('Open page'),
              displayType: 'accent',
              callback: () => hub.openDataset(ref)
            },
            { label: trans.__('Open in tree'), callback: () => tree(ref) }
          ]
        }
      );
      return;
    }
    if (state === 'done' && wanted()) {
      const size = formatBytes(transfer.size ?? transfer.done);
      Notification.success(trans.__('%1 is downloaded (%2).', title, size), {
        autoClose: SHOWN,
        actions: [
          transfer.group
            ? { label: trans.__('Show transfers'), callback: show }
            : {
                label: trans.__('Load in notebook'),
                displayType: 'accent',
                callback: () => act(() => hub.load(ref, title))
              }
        ]
      });
    } else if (waitsForConnection(transfer)) {
      ended.tell(transfer);
    } else if (state === 'failed') {
      const reason = errorSentences(error);
      Notification.error(
        upload
          ? trans.__('%1 could not be saved. %2', title, reason)
          : trans.__('%1 could not be downloaded. %2', title, reason),
        {
          autoClose: false,
          actions: [
            {
              label: trans.__('Try again'),
              displayType: 'accent',
              callback: () => act(() => transfers.act(id, 'retry'))
            },
            upload
              ? {
                  label: trans.__('Change and save again'),
                  callback: () => again(transfer)
                }
              : { label: trans.__('Show transfers'), callback: show }
          ]
        }
      );
    }
  };
  const settled = (_: TransfersModel, transfer: Transfer): void => {
    // What is here already ends in the answer to the load that asked for it.
    window.setTimeout(() => tell(transfer));
  };
  transfers.settled.connect(settled);
  return new DisposableDelegate(() => {
    transfers.settled.disconnect(settled);
    ended.dispose();
  });
}

/** What names something at its store, without the version. */
function lastPart(ref: string): string {
  return ref.split('?')[0].split('/').pop() ?? ref;
}
