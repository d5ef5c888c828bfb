/** Files with two matrices, and catalogs that never answer. */
import { COMMONS, expect, loaded, test } from './datahub';

const ATLAS = 'Human Cell Atlas (demo)';
const LOOM = 'pancreas-islets-human-SS2.loom';

test('a Loom file is converted, and either of its matrices becomes X', async ({
  page,
  sidebar,
  backstage
}) => {
  const { hits } = await backstage.api<{ hits: { ref: string }[] }>(
    'GET',
    'datahub/sources/hca/search?text=pancreatic%20islets&limit=1'
  );
  await page.notebook.createNew();
  await sidebar.open();
  await page.evaluate(async ref => {
    const { jupyterapp } = window as unknown as {
      jupyterapp: {
        commands: { execute(id: string, args: object): Promise<unknown> };
      };
    };
    await jupyterapp.commands.execute('datahub:open-dataset', { ref });
  }, hits[0].ref);
  const view = page.locator('.jp-DataHub-page:visible');
  await view
    .getByRole('button', { name: `Load ${LOOM}`, exact: true })
    .click();
  const notice = page
    .locator('.Toastify__toast')
    .filter({ hasText: 'Load with estimated_counts as X' });
  await expect(notice).toContainText('X is the main matrix (TPM)', {
    timeout: 60_000
  });
  await page.screenshot({ path: 'test-results/matrices/loaded.png' });
  const other = notice.getByRole('button', {
    name: 'Load with estimated_counts as X'
  });
  await other.click();
  const cells = page.locator('.jp-Notebook .jp-CodeCell');
  await expect(
    cells.filter({ hasText: 'layers.pop("estimated_counts")' })
  ).toContainText("layers: 'matrix'", { timeout: 30_000 });
  await page.screenshot({ path: 'test-results/matrices/counts.png' });
});

test('a catalog that hangs is named in words, and the others answer', async ({
  page,
  sidebar,
  backstage
}) => {
  await sidebar.open();
  await backstage.faults({ kind: 'stall', host: 'hca', times: 1000 });
  await sidebar.search('blood');
  const line = sidebar.root.locator('.jp-DataHub-further');
  await expect(line).toContainText(/slow \(\d+ s\): Human/, {
    timeout: 30_000
  });
  await expect(
    sidebar.root
      .locator('.jp-DataHub-liveHead', { hasText: COMMONS })
      .getByRole('status')
  ).toHaveText(/^\d+ datasets?$/);
  await expect(sidebar.rows.first()).toBeVisible();
  await line.getByRole('button', { name: 'hide' }).click();
  await expect(line).not.toContainText('slow');
  await expect(
    sidebar.root.locator('.jp-DataHub-liveHead', { hasText: ATLAS })
  ).toHaveCount(0);
  await page.screenshot({ path: 'test-results/matrices/hangs.png' });
});

test('one of several things in a file is picked and loaded', async ({
  page
}) => {
  const ref = 's3://open-images/bundles/pbmc-samples.zip';
  await page.goto(`?datahub=${encodeURIComponent(ref)}`);
  const view = page.locator('.jp-DataHub-page');
  const list = view.getByRole('list', {
    name: 'What is in pbmc-samples.zip'
  });
  await expect(list.getByRole('listitem')).toHaveCount(6);
  await expect(list).toContainText('Belongs to sample-2/matrix.mtx.gz');
  await expect(view.getByText(/^6 files, 2 of which can be/)).toBeVisible();
  expect((await list.getByRole('button').allTextContents()).length).toBe(2);

  await page.notebook.createNew();
  await page.getByRole('tab', { name: 'pbmc-samples.zip' }).click();
  const load = list.getByRole('button', {
    name: 'Load sample-2/matrix.mtx.gz'
  });
  await load.focus();
  await page.keyboard.press('Enter');
  await expect(loaded(page)).toBeVisible({ timeout: 30_000 });
  await expect(page.locator('.jp-Cell:visible').first()).toContainText(
    'pbmc-samples.sample-2.h5ad'
  );
});
