import {
  forwardRef,
  useEffect,
  useImperativeHandle,
  useRef,
  type ReactElement
} from 'react';

import { LibraryList } from '../library/LibraryList';
import type { Announcer } from '../transfers/announcer';
import { BrowseSection } from '../tree/BrowseSection';
import type { TreeModel } from '../tree/model';
import { TransferList } from '../transfers/TransferList';
import { queueWords } from '../transfers/words';
import { Browser, type IBrowser } from './Browser';
import { SidebarContext, useSidebar, type ISidebarContext } from './context';
import { formatBytes } from './format';
import type { LayoutModel } from './layoutModel';
import type { LiveModel } from './liveModel';
import type { SearchModel } from './searchModel';
import { Section } from './Section';
import type { TickedModel } from './tickedModel';
import { useSignal } from './useSignal';

export interface ISidebarProps {
  readonly context: ISidebarContext;
  readonly search: SearchModel;
  readonly live: LiveModel;
  readonly tree: TreeModel;
  readonly ticked: TickedModel;
  readonly layout: LayoutModel;
  readonly announcer: Announcer;
  readonly shortcut: string;
  /** Called once everything is on the page. */
  readonly onDrawn: () => void;
}

export interface ISidebar {
  focusSearch(): void;
  focusBrowse(): void;
  focusTransfers(): void;
  focusLibrary(): void;
}

/** Everything in the sidebar below its toolbar. */
export const Sidebar = forwardRef<ISidebar, ISidebarProps>((props, handle) => {
  const { context, search, live, tree, ticked, layout } = props;
  const { announcer, shortcut, onDrawn } = props;
  const { trans } = context.hub;
  const open = useSignal(layout.changed, () => layout.layout);
  const browser = useRef<IBrowser>(null);
  const browse = useRef<HTMLButtonElement>(null);
  const transfers = useRef<HTMLButtonElement>(null);
  const library = useRef<HTMLButtonElement>(null);

  useEffect(() => onDrawn(), [onDrawn]);
  useImperativeHandle(handle, () => ({
    focusSearch: () => browser.current?.focusSearch(),
    focusBrowse: () => browse.current?.focus(),
    focusTransfers: () => transfers.current?.focus(),
    focusLibrary: () => library.current?.focus()
  }));

  return (
    <SidebarContext.Provider value={context}>
      <Browser
        ref={browser}
        model={search}
        live={live}
        ticked={ticked}
        layout={layout}
        shortcut={shortcut}
      />
      <Section
        ref={browse}
        className="jp-mod-browse"
        title={trans.__('Browse')}
        note={useStoresNote(context)}
        open={open.browse}
        onToggle={value => layout.update({ browse: value })}
      >
        <BrowseSection model={tree} ticked={ticked} />
      </Section>
      <Section
        ref={transfers}
        className="jp-mod-transfers"
        title={trans.__('Transfers')}
        note={useQueueNote(context)}
        open={open.transfers}
        onToggle={value => layout.update({ transfers: value })}
      >
        <TransferList />
      </Section>
      <Section
        ref={library}
        className="jp-mod-library"
        title={trans.__('Library')}
        note={useLibraryNote(context)}
        open={open.library}
        onToggle={value => layout.update({ library: value })}
      >
        <LibraryList />
      </Section>
      <Announcements announcer={announcer} />
    </SidebarContext.Provider>
  );
});
Sidebar.displayName = 'Sidebar';

function useStoresNote({ hub }: ISidebarContext): string {
  const { trans, connections } = hub;
  const items = useSignal(connections.changed, () => connections.items);
  const connected = connections.connected.length;
  if (connections.standing === 'problem') {
    return trans.__('connect again');
  }
  return items && connected > 0
    ? trans._n('%1 store', '%1 stores', connected)
    : '';
}

function useQueueNote({ hub }: ISidebarContext): string {
  const { trans, transfers } = hub;
  const items = useSignal(transfers.changed, () => transfers.items);
  return queueWords(items, transfers.moving, trans);
}

function useLibraryNote({ hub }: ISidebarContext): string {
  const { library } = hub;
  const listing = useSignal(library.changed, () => library.listing);
  if (!listing || listing.used === 0) {
    return '';
  }
  return hub.trans.__(
    '%1 of %2',
    formatBytes(listing.used),
    formatBytes(listing.used + (library.room ?? 0))
  );
}

function Announcements({ announcer }: { announcer: Announcer }): ReactElement {
  const { trans } = useSidebar().hub;
  const text = useSignal(announcer.changed, () => announcer.text);
  return (
    <div
      className="jp-DataHub-spoken"
      role="status"
      aria-label={trans.__('Transfers')}
    >
      {text}
    </div>
  );
}
