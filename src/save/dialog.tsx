import { Notification } from '@jupyterlab/apputils';

import type { Transfer } from '../api/models';
import { SidebarContext, type ISidebarContext } from '../browser/context';
import { Modal } from '../modal/Modal';
import { CommandIDs } from '../tokens';
import { EMPTY_DRAFT, hostOf, parentsOf, type IDraft } from './form';
import type { INotebook } from './notebook';
import { SaveDialog } from './SaveDialog';

/** By path: what was typed for a notebook and not saved yet. */
const drafts = new Map<string, IDraft>();
let shown: Modal | null = null;

/** Where it is to be saved, and with which files, where somebody has pointed at them. */
export type Wish = Partial<
  Pick<IDraft, 'source' | 'owner' | 'ownerText' | 'files'>
>;

/** Ask where and as what a notebook is saved, and hand it over. */
export function showSave(
  context: ISidebarContext,
  notebook: INotebook,
  wish: Wish
): void {
  if (shown) {
    return;
  }
  const { hub, commands } = context;
  const { trans } = hub;
  const saved = (transfer: Transfer, draft: IDraft, again: boolean): void => {
    // The next version of it most likely goes to the same place with the same words.
    drafts.set(notebook.path, draft);
    hub.transfers.accept(transfer);
    const words = again
      ? trans.__(
          '%1 is on its way already, with the same words and files.',
          notebook.name
        )
      : trans.__('%1 is on its way.', notebook.name);
    Notification.info(words, {
      autoClose: 4000,
      actions: [
        {
          label: trans.__('Show progress'),
          callback: () => {
            void commands.execute(CommandIDs.showTransfers);
          }
        }
      ]
    });
  };
  shown = new Modal({
    title: trans.__('Save %1', notebook.name),
    className: 'jp-DataHub-saveModal',
    trans,
    content: close => (
      <SidebarContext.Provider value={context}>
        <SaveDialog
          notebook={notebook}
          first={firstDraft(context, notebook, wish)}
          onDraft={draft => drafts.set(notebook.path, draft)}
          onSaved={saved}
          onClose={close}
        />
      </SidebarContext.Provider>
    ),
    onClosed: () => {
      shown = null;
    }
  });
  shown.open();
}

/** What was typed before, where somebody points now, and what was loaded meanwhile. */
function firstDraft(
  { hub }: ISidebarContext,
  { path, inputs }: INotebook,
  wish: Wish
): IDraft {
  const draft = { ...EMPTY_DRAFT, ...drafts.get(path), ...wish };
  const store = hub.connections.find(draft.source);
  const known = new Set(draft.parents.map(({ ref }) => ref));
  const further = parentsOf(
    inputs,
    store?.kind ?? '',
    hostOf(store?.url ?? '')
  ).filter(({ ref }) => !known.has(ref));
  return { ...draft, parents: [...draft.parents, ...further] };
}
