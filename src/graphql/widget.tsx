import { MainAreaWidget, ReactWidget } from '@jupyterlab/apputils';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReactElement } from 'react';

import { SidebarContext, type ISidebarContext } from '../browser/context';
import { connectionTitle } from '../connections/words';
import { graphIcon } from '../icons/stores';
import { KeptQuestions } from './kept';
import { GraphModel } from './model';
import { Panel } from './Panel';

export interface IGraphOptions {
  /** Name of the connection. */
  readonly source: string;
  readonly context: ISidebarContext;
  readonly services: IEditorServices;
  /** Where questions are kept; null: nowhere. */
  readonly stateDB: IStateDB | null;
}

class GraphView extends ReactWidget {
  constructor(
    readonly model: GraphModel,
    private readonly _options: IGraphOptions
  ) {
    super();
    this.addClass('jp-DataHub');
    this.addClass('jp-DataHub-graph');
    _options.context.hub.connections.changed.connect(this._onConnections, this);
  }

  get name(): string {
    const { context, source } = this._options;
    const connection = context.hub.connections.find(source);
    return connection ? connectionTitle(connection) : source;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      const { connections } = this._options.context.hub;
      connections.changed.disconnect(this._onConnections, this);
      super.dispose();
      this.model.dispose();
    }
  }

  protected override onActivateRequest(): void {
    void this.renderPromise?.then(() => {
      if (!this.node.contains(document.activeElement)) {
        this.node.querySelector<HTMLElement>('.cm-content')?.focus();
      }
    });
  }

  protected render(): ReactElement {
    const { context, services } = this._options;
    return (
      <SidebarContext.Provider value={context}>
        <Panel model={this.model} services={services} title={this.name} />
      </SidebarContext.Provider>
    );
  }

  private _onConnections(): void {
    this.update();
  }
}

/** The tab of the questions to one commons. */
export class GraphWidget extends MainAreaWidget<ReactWidget> {
  constructor(options: IGraphOptions) {
    const { source, context, stateDB } = options;
    const { hub } = context;
    const model = new GraphModel(
      source,
      hub,
      new KeptQuestions(stateDB, source)
    );
    const view = new GraphView(model, options);
    super({ content: view });
    this.source = source;
    this.id = 'jp-DataHub-graphql-' + encodeURIComponent(source);
    this.title.icon = graphIcon;
    this.title.closable = true;
    this.toolbar.hide();
    const name = (): void => {
      this.title.label = hub.trans.__('GraphQL: %1', view.name);
    };
    name();
    hub.connections.changed.connect(name, this);
    this.disposed.connect(() => hub.connections.changed.disconnect(name, this));
    void model.start();
  }

  /** Name of the connection. */
  readonly source: string;
}
