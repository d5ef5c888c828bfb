import { MainAreaWidget, ReactWidget } from '@jupyterlab/apputils';
import type { ReactElement } from 'react';

import { SidebarContext, type ISidebarContext } from '../browser/context';
import { dataHubIcon } from '../icons';
import type { ILoadTarget } from '../notebook/tokens';
import { DatasetModel, newerVersions } from './model';
import { Page } from './page';

/** Characters of a title that fit on a tab. */
const TAB = 30;

class PageView extends ReactWidget {
  constructor(
    private readonly _model: DatasetModel,
    private readonly _context: ISidebarContext,
    private readonly _target: ILoadTarget | null
  ) {
    super();
    this.addClass('jp-DataHub');
    this.addClass('jp-DataHub-page');
    // Lets the page be scrolled by the keyboard as soon as its tab is opened.
    this.node.tabIndex = 0;
  }

  protected render(): ReactElement {
    return (
      <SidebarContext.Provider value={this._context}>
        <Page model={this._model} target={this._target} />
      </SidebarContext.Provider>
    );
  }
}

/** The tab of one dataset. */
export class DatasetWidget extends MainAreaWidget<ReactWidget> {
  constructor(
    readonly ref: string,
    context: ISidebarContext,
    target: ILoadTarget | null
  ) {
    const model = new DatasetModel(ref, context.hub);
    super({ content: new PageView(model, context, target) });
    this._model = model;
    this.id = 'jp-DataHub-page-' + encodeURIComponent(ref);
    this.title.icon = dataHubIcon;
    this.title.closable = true;
    this.title.label = context.hub.trans.__('Dataset');
    this.toolbar.hide();
    model.changed.connect(this._onChanged, this);
    void model.load();
  }

  override dispose(): void {
    this._model.dispose();
    super.dispose();
  }

  private _onChanged(): void {
    const { page } = this._model.state;
    if (!page) {
      return;
    }
    const { title, revised, published, version, entity } = page.dataset;
    const { identifier } = page.dataset;
    const date = entity
      ? identifier
      : (revised || published).slice(0, 10) || version;
    const short =
      title.length > TAB ? title.slice(0, TAB - 1).trimEnd() + '…' : title;
    // Two versions of one dataset are told apart.
    const old = newerVersions(page).length > 0;
    this.title.label = old ? `${short} (${date})` : short;
    this.title.caption = [title, date].filter(Boolean).join('\n');
  }

  private readonly _model: DatasetModel;
}
