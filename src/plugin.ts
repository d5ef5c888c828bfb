import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { onTransfer } from './api/events';
// The queue is watched from the start: a transfer may end before anything is opened.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { DataHub } from './hub';
import { IDataHub, PLUGIN_ID } from './tokens';

/**
 * The shared parts: the client, the queue, the library and the user's settings.
 */
export const hubPlugin: JupyterFrontEndPlugin<IDataHub> = {
  id: PLUGIN_ID,
  description: 'The client, the transfers and the settings of DataHub.',
  autoStart: true,
  provides: IDataHub,
  optional: [ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ): IDataHub => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_datahub');
    const hub = new DataHub(app.commands, trans);
    onTransfer(app.serviceManager, transfer => hub.transfers.accept(transfer));
    void hub.transfers.start();
    settings
      ?.load(PLUGIN_ID)
      .then(loaded => hub.follow(loaded))
      .catch((reason: unknown) => {
        Notification.warning(
          trans.__('The settings of DataHub cannot be read: %1', String(reason))
        );
      });
    return hub;
  }
};
