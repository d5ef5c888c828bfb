import { SidebarContext, type ISidebarContext } from '../browser/context';
import { Modal } from '../modal/Modal';
import { CommandIDs } from '../tokens';
import type { IManifestFile } from './file';
import { ManifestDialog } from './ManifestDialog';

let shown: Modal | null = null;

/**
 * Ask what to do with a manifest, and have its files fetched.
 *
 * @param first - The manifest that was dropped; one is chosen in the dialog where it is null.
 * @param source - The commons that is meant; empty where nobody has said.
 */
export function showManifest(
  context: ISidebarContext,
  first: IManifestFile | null,
  source: string
): void {
  // Another manifest that is dropped is the one that is meant now.
  shown?.dispose();
  const { hub, commands } = context;
  shown = new Modal({
    title: hub.trans.__('Download from manifest'),
    className: 'jp-DataHub-manifestModal',
    trans: hub.trans,
    content: close => (
      <SidebarContext.Provider value={context}>
        <ManifestDialog
          first={first}
          source={source}
          onClose={close}
          onStart={async request => {
            const directory = hub.downloadDirectory;
            const transfer = await hub.pay(request.name ?? '', limit =>
              hub.client.addTransfer({ ...request, directory }, limit)
            );
            if (transfer) {
              hub.transfers.accept(transfer);
              void commands.execute(CommandIDs.showTransfers);
            }
            return transfer !== null;
          }}
        />
      </SidebarContext.Provider>
    ),
    onClosed: () => {
      shown = null;
    }
  });
  shown.open();
}
