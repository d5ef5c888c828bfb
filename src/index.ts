import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { sidebarPlugin } from './browser/plugin';
import { connectionsPlugin } from './connections/plugin';
import { datasetPlugin } from './dataset/plugin';
import { deepLinkPlugin } from './deeplink';
import { graphqlPlugin } from './graphql/plugin';
import { launcherPlugin } from './launcher';
import { manifestPlugin } from './manifest/plugin';
import { makingPlugin } from './notebook/making';
import { notebookPlugin } from './notebook/plugin';
import { hubPlugin } from './plugin';
import { saveFilesPlugin } from './save/filesPlugin';
import { savePlugin } from './save/plugin';

export { IDataHub } from './tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  hubPlugin,
  connectionsPlugin,
  sidebarPlugin,
  datasetPlugin,
  notebookPlugin,
  makingPlugin,
  manifestPlugin,
  savePlugin,
  saveFilesPlugin,
  graphqlPlugin,
  launcherPlugin,
  deepLinkPlugin
];

export default plugins;
