import { SidebarContext, type ISidebarContext } from '../browser/context';
import { Modal } from '../modal/Modal';
import { Connections } from './Connections';

let shown: Modal | null = null;

/**
 * Show the connections; a dialog that is open already comes to the front as it is.
 *
 * @param wanted - The connection that somebody wants to use.
 * @returns Once the dialog is closed.
 */
export function showConnections(
  context: ISidebarContext,
  wanted = ''
): Promise<void> {
  if (shown) {
    return Promise.resolve();
  }
  const { trans } = context.hub;
  return new Promise(resolve => {
    shown = new Modal({
      title: trans.__('Connections'),
      className: 'jp-DataHub-connectionsModal',
      trans,
      content: close => (
        <SidebarContext.Provider value={context}>
          <Connections wanted={wanted} onClose={close} />
        </SidebarContext.Provider>
      ),
      onClosed: () => {
        shown = null;
        resolve();
      }
    });
    shown.open();
  });
}
