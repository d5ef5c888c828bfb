import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { expect, test } from './datahub';

/** What axe finds in the parts of the page that are ours. */
async function problems(page: Page, ...parts: string[]): Promise<string[]> {
  // JupyterLab's own toolbar buttons say whether they are pressed, without a role that may.
  let axe = new AxeBuilder({ page }).exclude('.jp-ToolbarButtonComponent');
  for (const part of parts) {
    axe = axe.include(part);
  }
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(node => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`)
  );
}

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  test(`axe finds nothing wrong in ${theme}`, async ({ page, sidebar }) => {
    await page.theme.setTheme(theme);
    await sidebar.open();
    await sidebar.search('pbmc');
    await sidebar.root.getByRole('button', { name: /^Tissue/ }).click();
    await sidebar.press('CD34', 'Download');
    await sidebar.unfold('Transfers');
    const view = await sidebar.openPage('PBMC 68k, reduced');
    await view.getByRole('button', { name: 'Cite' }).click();
    expect(await problems(page, '#jp-DataHub', '.jp-DataHub-page')).toEqual([]);

    await page.notebook.createNew();
    await page.getByRole('button', { name: 'Add data' }).click();
    const popover = page.getByRole('dialog', { name: /^Add data to/ });
    await expect(popover.getByRole('option').first()).toBeVisible();
    expect(await problems(page, '.jp-DataHub-popover')).toEqual([]);
  });
}
