/** What the UI tests share: who they are, a server as new before each test, where things are. */
import {
  expect,
  galata,
  test as base,
  type IJupyterLabPageFixture
} from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { Backstage, ME, TOKEN } from './backstage';
import { Sidebar } from './sidebar';

export { MANY, ME, ORIGIN, TOKEN, type Backstage } from './backstage';
export { expect, galata, Sidebar };

/** The title of the demo's commons. */
export const COMMONS = 'Demo commons';

/** The title of the demo's Synapse. */
export const SYNAPSE = 'Synapse (demo)';

/** The title of the demo's openBIS. */
export const STORE = 'openBIS lab (demo)';

/** The output of a cell that put a dataset into the kernel. */
export function loaded(page: IJupyterLabPageFixture): Locator {
  return page
    .locator('.jp-OutputArea-output')
    .filter({ hasText: 'AnnData object with n_obs' });
}

/** Open the dialog of the connections from where a notebook or the sidebar has its button. */
export async function openConnections(
  page: IJupyterLabPageFixture
): Promise<Locator> {
  await page
    .locator('[data-command="datahub:connections"]:visible')
    .first()
    .click();
  const dialog = page.getByRole('dialog', { name: 'Connections' });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** The notifications that show by themselves. */
export function toast(page: IJupyterLabPageFixture, text: string): Locator {
  return page.locator('.Toastify__toast').filter({ hasText: text });
}

interface IFixtures {
  backstage: Backstage;
  sidebar: Sidebar;
  /** Everything as new before the test, and no kernel left after it. */
  fresh: void;
}

export const test = base.extend<IFixtures>({
  baseURL: async ({}, use) => {
    await use(ME);
  },

  backstage: async ({ playwright }, use) => {
    const request = await playwright.request.newContext();
    await use(new Backstage(request));
    await request.dispose();
  },

  fresh: [
    async ({ backstage }, use) => {
      await backstage.reset();
      await use();
      await backstage.faults();
      await backstage.endSessions();
    },
    { auto: true }
  ],

  // Galata's own clean-up knows no base URL; `fresh` ends the kernels.
  kernels: async ({}, use) => {
    await use(null);
  },
  sessions: async ({}, use) => {
    await use(null);
  },

  context: async ({ context }, use) => {
    await context.request.get(`${ME}/lab?token=${TOKEN}`);
    await use(context);
  },

  tmpPath: async ({ backstage }, use, testInfo) => {
    const path = testInfo.outputDir.split('/').pop()!;
    await backstage.api('PUT', `api/contents/${path}`, { type: 'directory' });
    await use(path);
  },

  // A reload is to find what was left; the state is kept by Galata, new for each test.
  resetWorkspace: false,

  // Galata waits for the launcher, which is not in front when a link opens a dataset.
  waitForApplication: async ({}, use) => {
    await use(async page => {
      await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    });
  },

  sidebar: async ({ page }, use) => {
    await use(new Sidebar(page));
  }
});
