import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { hubPlugin } from './plugin';

export { IDataHub } from './tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [hubPlugin];

export default plugins;
