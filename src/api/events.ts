import type { Event, ServiceManager } from '@jupyterlab/services';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';

import type { Connection, SourceStatus, Transfer } from './models';

export const TRANSFER_EVENT =
  'https://jupyterlab-datahub.readthedocs.io/events/transfer/v1';
export const CATALOG_EVENT =
  'https://jupyterlab-datahub.readthedocs.io/events/catalog/v1';
const CONNECTION_EVENT =
  'https://jupyterlab-datahub.readthedocs.io/events/connection/v1';

type Events = Pick<ServiceManager.IManager, 'events'>;

/**
 * Call `listener` with each transfer that moves.
 *
 * Nothing is replayed: what happened while nobody listened is told by `GET transfers`.
 */
export function onTransfer(
  manager: Events,
  listener: (transfer: Transfer) => void
): IDisposable {
  return subscribe(manager, TRANSFER_EVENT, emission =>
    listener(emission as unknown as Transfer)
  );
}

/**
 * Call `listener` with each change of a Source's part of the catalog.
 */
export function onCatalog(
  manager: Events,
  listener: (status: SourceStatus) => void
): IDisposable {
  return subscribe(manager, CATALOG_EVENT, emission =>
    listener(emission as unknown as SourceStatus)
  );
}

/**
 * Call `listener` whenever a store lets us in, or no longer does.
 */
export function onConnection(
  manager: Events,
  listener: (connection: Connection) => void
): IDisposable {
  return subscribe(manager, CONNECTION_EVENT, emission =>
    listener(emission as unknown as Connection)
  );
}

function subscribe(
  manager: Events,
  schema: string,
  listener: (emission: Event.Emission) => void
): IDisposable {
  const { stream } = manager.events;
  const slot = (_: unknown, emission: Event.Emission): void => {
    if (emission.schema_id === schema) {
      listener(emission);
    }
  };
  stream.connect(slot);
  return new DisposableDelegate(() => {
    stream.disconnect(slot);
  });
}
