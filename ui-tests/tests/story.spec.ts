import { expect, loaded, test } from './datahub';

const LARGE = 'PBMC 68k, reduced, repeated';

test('from a question to an AnnData in the kernel', async ({
  page,
  sidebar,
  backstage
}) => {
  await page.notebook.createNew();
  await sidebar.open();
  await sidebar.search('pbmc');
  await sidebar.root.getByRole('button', { name: /^Tissue(?! atlas)/ }).click();
  await sidebar.root.getByRole('checkbox', { name: /^blood/ }).check();
  await sidebar.root.getByRole('button', { name: /^Assay/ }).click();
  await sidebar.root.getByRole('checkbox', { name: /^10x 3' v1/ }).check();
  await expect(sidebar.root.getByText(/^12 datasets/)).toBeVisible();

  await sidebar.row(LARGE).locator('.jp-DataHub-rowTitle').click();
  const view = page.locator('.jp-DataHub-page');
  await expect(view.getByRole('heading', { level: 1 })).toHaveText(
    'PBMC 68k, reduced, repeated to 7,000 cells'
  );
  await expect(view.getByText('30.2 MB to download.')).toBeVisible();

  await backstage.faults({ kind: 'slow', host: 'assets', rate: 100_000 });
  await view.getByRole('button', { name: 'Load in notebook' }).click();
  const bar = view.getByRole('progressbar');
  await expect
    .poll(async () => Number(await bar.getAttribute('aria-valuenow')))
    .toBeGreaterThan(3);
  await backstage.faults();

  await expect(loaded(page)).toContainText('n_obs × n_vars = 7000 × 738', {
    timeout: 30_000
  });
  await expect(page.locator('.jp-CodeCell').first()).toContainText(
    'ad.read_h5ad("'
  );
});

test('a typo finds what was meant', async ({ sidebar }) => {
  await sidebar.open();
  await sidebar.search('pbcm');
  await expect(sidebar.root.getByText('Showing results for')).toContainText(
    'pbmc'
  );
  await expect(sidebar.row('PBMC 68k').first()).toBeVisible();
});

test('the whole story by the keyboard', async ({ page }) => {
  await page.notebook.createNew();
  await expect(page.getByText('| Idle')).toBeVisible({ timeout: 30_000 });
  const field = page.getByRole('searchbox', { name: 'Search datasets' });
  await expect(async () => {
    await page.keyboard.press('Control+Shift+Y');
    await expect(field).toBeFocused({ timeout: 2000 });
  }).toPass({ timeout: 20_000 });
  await page.keyboard.type('dendritic');
  const first = page.getByRole('option', { name: /^Dendritic cells/ });
  await expect(first.first()).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const view = page.locator('.jp-DataHub-page');
  await expect(view).toBeFocused();
  const button = view.getByRole('button', { name: 'Load in notebook' });
  await expect(button).toBeVisible();
  for (let presses = 0; presses < 10; presses++) {
    if (await button.evaluate(node => node === document.activeElement)) {
      break;
    }
    await page.keyboard.press('Tab');
  }
  await expect(button).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(loaded(page)).toContainText('240 × 738', { timeout: 30_000 });
});
