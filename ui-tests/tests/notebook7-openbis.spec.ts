import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

import { test as lab, expect, ME, STORE, toast } from './datahub';

// Notebook 7 has neither a launcher nor a layout that is restored.
const test = lab.extend({ autoGoto: false });

/** The page without Galata's way to go somewhere, which knows JupyterLab alone. */
function plain(page: IJupyterLabPageFixture): Page {
  return (page as unknown as { page: Page }).page;
}

test('Notebook 7 connects, adds data and saves from its toolbar', async ({
  page,
  backstage,
  tmpPath
}) => {
  const path = `${tmpPath}/seven.ipynb`;
  await backstage.api('PUT', `api/contents/${path}`, {
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
  await plain(page).goto(`${ME}/notebooks/${path}`);
  await page.getByRole('button', { name: 'Connections' }).click();
  const connections = page.getByRole('dialog', { name: 'Connections' });
  await connections.getByRole('button', { name: `Connect to ${STORE}` }).click();
  await connections.getByRole('textbox', { name: 'User' }).fill('scientist');
  await connections.getByLabel('Password *').fill('demo-scientist');
  await page.keyboard.press('Enter');
  await expect(connections.getByText('connected as scientist').first()).toBeVisible();
  await connections.getByRole('button', { name: 'Done' }).click();

  await page.getByRole('button', { name: 'Add data' }).click();
  const popover = page.getByRole('dialog', { name: 'Add data to seven.ipynb' });
  await expect(popover.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(popover).toBeHidden();

  await page.getByRole('button', { name: /^Save to store/ }).click();
  const save = page.getByRole('dialog', { name: 'Save seven.ipynb' });
  const owner = save.getByRole('combobox', { name: 'Belongs to' });
  await owner.fill('notebooks');
  await expect(save.getByRole('listbox').getByRole('option').first()).toContainText(
    '/LAB/SC/NOTEBOOKS'
  );
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await save.getByRole('button', { name: `Save to ${STORE}` }).press('Enter');
  await expect(save).toBeHidden();
  await expect(toast(plain(page) as never, 'Saved as')).toBeVisible({
    timeout: 30_000
  });
});
