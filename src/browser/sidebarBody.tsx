import { ReactWidget } from '@jupyterlab/ui-components';
import type { IStateDB } from '@jupyterlab/statedb';
import type { CommandRegistry } from '@lumino/commands';
import { PromiseDelegate } from '@lumino/coreutils';
import { DisposableSet } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { createRef, type ReactElement } from 'react';

import { onCatalog } from '../api/events';
import { report } from '../api/report';
import type { Transfer } from '../api/models';
import type { IDataHub } from '../tokens';
import { TreeModel } from '../tree/model';
import { Announcer } from '../transfers/announcer';
import type { ServiceManager } from '@jupyterlab/services';
import type { ISidebarContext } from './context';
import { LiveModel } from './liveModel';
import { LayoutModel } from './layoutModel';
import { readQuery } from './query';
import { SearchModel } from './searchModel';
import { Sidebar, type ISidebar } from './Sidebar';
import { TickedModel } from './tickedModel';

/** Milliseconds after the last change before the state is kept. */
const KEEP = 500;

export interface IBodyOptions {
  readonly hub: IDataHub;
  readonly commands: CommandRegistry;
  readonly services: ServiceManager.IManager;
  /** Where the state is kept; null: nowhere. */
  readonly stateDB: IStateDB | null;
  readonly stateKey: string;
  /** Keys that bring the cursor to the search field. */
  readonly shortcut: () => string;
}

/** The sidebar's models and what draws them. */
export class SidebarBody extends ReactWidget {
  constructor(private readonly _options: IBodyOptions) {
    super();
    const { hub, commands, services } = _options;
    this.addClass('jp-DataHub-body');
    this.search = new SearchModel(hub.client);
    this.layoutModel = new LayoutModel();
    this._live = new LiveModel(hub.client, hub.connections, this.search);
    this.tree = new TreeModel(hub.client, hub.connections);
    this._ticked = new TickedModel();
    this._announcer = new Announcer(hub.transfers, hub.trans);
    this._context = {
      hub,
      commands,
      run: action => {
        action().catch((error: unknown) => report(error, hub.trans));
      }
    };
    this._owned.add(this.search);
    this._owned.add(this._live);
    this._owned.add(this.tree);
    this._owned.add(this._announcer);
    this._owned.add(
      onCatalog(services, status => this.search.takeStatus(status))
    );
    hub.transfers.settled.connect(this._readLibrary, this);
    hub.library.changed.connect(this._markLibrary, this);
    hub.connections.changed.connect(this._onConnections, this);
    this.ready = Promise.all([this._restore(), this._drawn.promise]).then(
      () => undefined
    );
  }

  readonly search: SearchModel;
  readonly tree: TreeModel;
  readonly layoutModel: LayoutModel;
  /** Settles when the kept state is there and the sidebar is drawn. */
  readonly ready: Promise<void>;

  /** The drawn sidebar, null before the first drawing. */
  get sidebar(): ISidebar | null {
    return this._sidebar.current;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      const { hub } = this._options;
      hub.transfers.settled.disconnect(this._readLibrary, this);
      hub.library.changed.disconnect(this._markLibrary, this);
      hub.connections.changed.disconnect(this._onConnections, this);
      this._owned.dispose();
      super.dispose();
    }
  }

  protected override render(): ReactElement {
    return (
      <Sidebar
        ref={this._sidebar}
        context={this._context}
        search={this.search}
        live={this._live}
        tree={this.tree}
        ticked={this._ticked}
        layout={this.layoutModel}
        announcer={this._announcer}
        shortcut={this._options.shortcut()}
        onDrawn={() => this._drawn.resolve()}
      />
    );
  }

  private async _restore(): Promise<void> {
    const { hub, stateDB, stateKey } = this._options;
    const kept = await stateDB?.fetch(stateKey).catch(() => undefined);
    if (this.isDisposed) {
      return;
    }
    const { query, layout } = (kept ?? {}) as {
      query?: unknown;
      layout?: unknown;
    };
    this.layoutModel.restore(layout);
    this.search.setQuery(readQuery(query));
    void hub.library.refresh();
    this.search.readSources().catch(() => {
      // The search fails for the same reason, and says so.
    });
    if (stateDB) {
      this._keepState(stateDB);
    }
  }

  private _keepState(stateDB: IStateDB): void {
    const { stateKey } = this._options;
    const keeper = new Debouncer(async () => {
      const { query } = this.search.state;
      const { layout } = this.layoutModel;
      await stateDB.save(stateKey, { query, layout: { ...layout } });
    }, KEEP);
    const keep = (): void => void keeper.invoke();
    this._owned.add(keeper);
    this.search.changed.connect(keep);
    this.layoutModel.changed.connect(keep);
  }

  private _readLibrary(_: unknown, transfer: Transfer): void {
    if (transfer.direction === 'upload') {
      this.tree.refresh(transfer.source);
    }
    void this._options.hub.library.refresh();
  }

  /** A connection that was made or deleted is a Source that has come or gone. */
  private _onConnections(): void {
    const { sources } = this.search.state;
    const { items } = this._options.hub.connections;
    if (sources === null || items === null) {
      return;
    }
    const stores = new Set(items.map(({ name }) => name));
    const come = items.some(
      ({ name }) => !sources.some(source => source.name === name)
    );
    const gone = [...this._stores].some(name => !stores.has(name));
    this._stores = stores;
    if (come || gone) {
      this.search.rereadSources().catch(() => {
        // The next search tells of them, or says why it cannot.
      });
    }
  }

  private _markLibrary(): void {
    const { library } = this._options.hub;
    if (library.listing) {
      this.search.markLibrary(ref => library.has(ref));
    }
  }

  private _stores: ReadonlySet<string> = new Set();
  private _drawn = new PromiseDelegate<void>();
  private _sidebar = createRef<ISidebar>();
  private _live: LiveModel;
  private _ticked: TickedModel;
  private _announcer: Announcer;
  private _context: ISidebarContext;
  private _owned = new DisposableSet();
}
