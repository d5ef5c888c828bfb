import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { sidebarPlugin } from './browser/plugin';
import { hubPlugin } from './plugin';

export { IDataHub } from './tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [hubPlugin, sidebarPlugin];

export default plugins;
