import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRouter } from '@jupyterlab/application';

import { CommandIDs, IDataHub } from './tokens';

/** The parameter of the page's address that names a dataset. */
const PARAMETER = 'datahub';
/** The parameter that asks for a notebook about it, by the value `new`. */
const NOTEBOOK = 'notebook';
const COMMAND = 'datahub:open-link';

/** What an address asks for, and the address without the question. */
export interface ILink {
  ref: string;
  /** Whether a notebook about it is wished for. */
  notebook: boolean;
  rest: string;
}

/**
 * Read a link to a dataset, as any portal can write one: `…/lab?datahub=<identifier>`, with
 * `&notebook=new` to begin a notebook about it.
 *
 * @returns null where the address names no dataset.
 */
export function parseLink(location: {
  path: string;
  search: string;
  hash: string;
}): ILink | null {
  const params = new URLSearchParams(location.search);
  const ref = params.get(PARAMETER)?.trim();
  if (!ref) {
    return null;
  }
  const notebook = params.get(NOTEBOOK) === 'new';
  params.delete(PARAMETER);
  if (notebook) {
    params.delete(NOTEBOOK);
  }
  const search = params.toString();
  return {
    ref,
    notebook,
    rest: location.path + (search ? '?' + search : '') + location.hash
  };
}

/** Opens the page of a dataset that the address names. */
export const deepLinkPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-datahub:deep-link',
  description: 'Opens the page of the dataset that the address names.',
  autoStart: true,
  requires: [IDataHub, IRouter],
  activate: (app: JupyterFrontEnd, hub: IDataHub, router: IRouter) => {
    app.commands.addCommand(COMMAND, {
      label: hub.trans.__('Open a link to a dataset'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: { type: 'string' },
            search: { type: 'string' },
            hash: { type: 'string' }
          }
        }
      },
      execute: args => {
        const { path, search, hash } = args as unknown as IRouter.ILocation;
        const link = parseLink({
          path,
          search: search ?? '',
          hash: hash ?? ''
        });
        if (link) {
          router.navigate(link.rest, { skipRouting: true });
          void app.restored.then(() =>
            link.notebook
              ? app.commands.execute(CommandIDs.newNotebook, {
                  refs: [link.ref]
                })
              : hub.openDataset(link.ref)
          );
        }
      }
    });
    router.register({ command: COMMAND, pattern: /[?&]datahub=/ });
  }
};
