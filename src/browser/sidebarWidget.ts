import {
  CommandToolbarButton,
  Toolbar,
  settingsIcon
} from '@jupyterlab/ui-components';
import { PromiseDelegate } from '@lumino/coreutils';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';

import { report } from '../api/report';
import { dataHubIcon } from '../icons';
import { CommandIDs } from '../tokens';
import type { IBodyOptions, SidebarBody } from './sidebarBody';

export const SIDEBAR_ID = 'jp-DataHub';

/** The command that opens the settings, in JupyterLab and in Notebook. */
const OPEN_SETTINGS = 'settingeditor:open';

/**
 * The sidebar; what is in it is fetched and built when it is shown for the first time.
 */
export class SidebarWidget extends Panel {
  constructor(private readonly _options: IBodyOptions) {
    super();
    const { trans } = _options.hub;
    this.id = SIDEBAR_ID;
    this.addClass('jp-DataHub');
    this.title.icon = dataHubIcon;
    this.title.caption = trans.__('DataHub');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('DataHub'));
    this.addWidget(this._createToolbar());
  }

  /** Settles with the content once the sidebar has been shown. */
  get body(): Promise<SidebarBody> {
    return this._body.promise;
  }

  /** Put the cursor into the search field. */
  protected override onActivateRequest(): void {
    void this.body.then(body => body.sidebar?.focusSearch());
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    if (this.isVisible) {
      this._fill();
    }
  }

  protected override onBeforeShow(msg: Message): void {
    super.onBeforeShow(msg);
    this._fill();
  }

  private _fill(): void {
    if (this._filling) {
      return;
    }
    this._filling = true;
    import('./sidebarBody').then(
      async module => {
        const body = new module.SidebarBody(this._options);
        this.addWidget(body);
        await body.ready;
        this._body.resolve(body);
      },
      (error: unknown) => {
        this._filling = false;
        report(error, this._options.hub.trans);
      }
    );
  }

  private _createToolbar(): Toolbar {
    const { hub, commands } = this._options;
    const { trans } = hub;
    const toolbar = new Toolbar();
    toolbar.addClass('jp-DataHub-toolbar');
    const heading = new Widget({ node: document.createElement('h1') });
    heading.addClass('jp-DataHub-heading');
    heading.node.textContent = trans.__('DataHub');
    toolbar.addItem('title', heading);
    toolbar.addItem('spacer', Toolbar.createSpacerItem());
    toolbar.addItem(
      'refresh',
      new CommandToolbarButton({ commands, id: CommandIDs.refresh, label: '' })
    );
    toolbar.addItem(
      'connections',
      new CommandToolbarButton({
        commands,
        id: CommandIDs.connections,
        label: ''
      })
    );
    toolbar.addItem(
      'settings',
      // Draws nothing where the application has no editor of settings.
      new CommandToolbarButton({
        commands,
        id: OPEN_SETTINGS,
        args: { query: trans.__('DataHub') },
        icon: settingsIcon,
        label: '',
        caption: trans.__('DataHub settings')
      })
    );
    return toolbar;
  }

  private _filling = false;
  private _body = new PromiseDelegate<SidebarBody>();
}
