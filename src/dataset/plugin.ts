import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';

import { report } from '../api/report';
import type { ISidebarContext } from '../browser/context';
import { ILoadTarget } from '../notebook/tokens';
import { CommandIDs, IDataHub } from '../tokens';
import { openWords } from './words';
import type { DatasetWidget } from './widget';

/** The pages of datasets in the main area. */
export const datasetPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-datahub:dataset',
  description: 'Shows a dataset in the main area.',
  autoStart: true,
  requires: [IDataHub],
  optional: [ILoadTarget, ILabShell, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    hub: IDataHub,
    target: ILoadTarget | null,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null
  ) => {
    const { trans } = hub;
    const context: ISidebarContext = {
      hub,
      commands: app.commands,
      run: action => {
        action().catch((error: unknown) => report(error, trans));
      }
    };
    const tracker = new WidgetTracker<DatasetWidget>({
      namespace: 'jupyterlab-datahub-pages'
    });
    app.commands.addCommand(CommandIDs.openDataset, {
      label: ({ page, entity }) =>
        page ? trans.__('Open its page') : openWords(entity, trans),
      caption: trans.__('Show what is known of a dataset'),
      describedBy: {
        args: {
          type: 'object',
          required: ['ref'],
          properties: {
            ref: {
              type: 'string',
              description: trans.__('Identifier of the dataset')
            },
            page: {
              type: 'boolean',
              description: trans.__('Whether it is what datasets belong to')
            },
            entity: {
              type: 'string',
              description: trans.__('What it is where it is no dataset')
            }
          }
        }
      },
      execute: async ({ ref }) => {
        if (typeof ref !== 'string' || !ref) {
          return;
        }
        const { DatasetWidget } = await import('./widget');
        const open = tracker.find(widget => widget.ref === ref);
        const widget = open ?? new DatasetWidget(ref, context, target);
        if (!open) {
          // The main area of Notebook holds one document and nothing else.
          app.shell.add(widget, labShell ? 'main' : 'right');
          await tracker.add(widget);
        }
        app.shell.activateById(widget.id);
        return widget;
      }
    });
    void restorer?.restore(tracker, {
      command: CommandIDs.openDataset,
      args: ({ ref }) => ({ ref }),
      name: ({ ref }) => ref
    });
  }
};
