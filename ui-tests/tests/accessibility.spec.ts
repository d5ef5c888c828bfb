import { problems } from './axe';
import { expect, openConnections, STORE, test } from './datahub';

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  test(`axe finds nothing wrong in ${theme}`, async ({ page, sidebar }) => {
    await page.theme.setTheme(theme);
    await sidebar.open();
    await sidebar.search('pbmc');
    await sidebar.press('CD34', 'Download');
    await sidebar.root.getByRole('button', { name: /^Tissue(?! atlas)/ }).click();
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

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  test(`axe finds nothing wrong in a store in ${theme}`, async ({
    page,
    sidebar,
    backstage
  }) => {
    await page.theme.setTheme(theme);
    await backstage.connect();
    await page.notebook.createNew();
    await sidebar.open();
    const dialog = await openConnections(page);
    await dialog.getByRole('button', { name: 'New connection' }).click();
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(dialog.getByRole('alert').first()).toBeVisible();
    await dialog.getByText('Certificate of the server').click();
    await dialog.getByLabel('Verify the certificate').uncheck();
    expect(await problems(page, '.jp-DataHub-modal')).toEqual([]);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: /^Save to store/ }).click();
    const save = page.getByRole('dialog', { name: /^Save / });
    const owner = save.getByRole('combobox', { name: 'Belongs to' });
    await owner.fill('notebooks');
    await expect(save.getByRole('listbox').first()).toBeVisible();
    expect(await problems(page, '.jp-DataHub-modal')).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    // Until the fault is cleared nothing arrives.
    await backstage.faults({
      kind: 'stall',
      host: 'openbis',
      path: '/datastore_server/*',
      times: 1000
    });
    await save.getByRole('button', { name: `Save to ${STORE}` }).press('Enter');
    const transfers = await sidebar.unfold('Transfers');
    await expect(transfers.getByRole('progressbar')).toBeVisible();
    expect(await problems(page, '#jp-DataHub')).toEqual([]);
    await transfers.getByRole('button', { name: /^Cancel/ }).click();
    await backstage.faults();

    await backstage.store({ archive: ['20190503080000000-14'] });
    const tree = await sidebar.walk('LAB', 'SC', 'PBMC, healthy');
    await tree.getByRole('treeitem', { name: /^Pilot of 2019/ }).dblclick();
    const view = page.locator('.jp-DataHub-page:visible');
    await expect(
      view.getByRole('button', { name: 'Bring them back' })
    ).toBeVisible();
    expect(await problems(page, '#jp-DataHub', '.jp-DataHub-page')).toEqual([]);
  });
}
