import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

import { test as lab, expect, loaded, ME, Sidebar } from './datahub';

// Notebook 7 has neither a launcher nor a layout that is restored.
const test = lab.extend({ autoGoto: false });

/** The page without Galata's way to go somewhere, which knows JupyterLab alone. */
function plain(page: IJupyterLabPageFixture): Page {
  return (page as unknown as { page: Page }).page;
}

test('Notebook 7 loads a dataset from its toolbar', async ({
  page,
  backstage,
  tmpPath
}) => {
  await backstage.api('PUT', `api/contents/${tmpPath}/seven.ipynb`, {
    type: 'notebook',
    format: 'json',
    content: {
      cells: [],
      metadata: {
        kernelspec: {
          name: 'python3',
          display_name: 'Python 3',
          language: 'python'
        }
      },
      nbformat: 4,
      nbformat_minor: 5
    }
  });
  await plain(page).goto(`${ME}/notebooks/${tmpPath}/seven.ipynb`);
  await page.getByRole('button', { name: 'Add data' }).click();
  const popover = page.getByRole('dialog', { name: 'Add data to seven.ipynb' });
  await expect(popover.getByRole('option').first()).toBeVisible();
  await page.keyboard.type('dendritic');
  await expect(popover.getByRole('option').first()).toContainText('Dendritic');
  await page.keyboard.press('Enter');
  await expect(loaded(page)).toContainText('240 × 738', { timeout: 30_000 });
});

test('the tree of Notebook 7 has the sidebar', async ({ page }) => {
  await plain(page).goto(`${ME}/tree`);
  const sidebar = new Sidebar(page);
  await expect(page.getByRole('tab', { name: 'Files' })).toBeVisible();
  // Shortcuts work once all of the application's plugins are there.
  await expect(async () => {
    await page.keyboard.press('Control+Shift+Y');
    await expect(sidebar.rows.first()).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 20_000 });
});
