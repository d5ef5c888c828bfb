import { expect, test } from './datahub';

test('the page says what it is, in which version and how to cite it', async ({
  page,
  sidebar
}) => {
  await sidebar.open();
  const view = await sidebar.openPage('PBMC 68k, reduced');
  await expect(view.getByText('CC BY 4.0')).toBeVisible();
  await expect(view.getByText('700, all primary')).toBeVisible();
  await expect(view.getByRole('row', { name: /h5ad/ })).toContainText('1.17 MB');

  await view.getByRole('button', { name: 'Cite' }).click();
  await expect(view.getByRole('group', { name: 'Citation' })).toContainText(
    '@misc{zheng'
  );

  await view.getByRole('button', { name: 'newest of 3 versions' }).click();
  await page.getByRole('menuitem', { name: /^2021-03-01/ }).click();
  const old = page.locator('.jp-DataHub-page:visible');
  await expect(old.getByRole('button', { name: '2 newer' })).toBeVisible();
  await expect(page.getByRole('tab', { name: /2021-03-01/ })).toBeVisible();

  await old.getByRole('button', { name: 'dendritic cell' }).click();
  await expect(sidebar.root.getByText(/^dendritic cell/)).toBeVisible();
});

test('a link opens the page and leaves a clean address', async ({
  page,
  backstage
}) => {
  const { hits } = await backstage.api<{ hits: { ref: string }[] }>(
    'GET',
    'datahub/search?text=dendritic&facet=source=cellxgene'
  );
  await page.goto(`?datahub=${encodeURIComponent(hits[0].ref)}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(
    'Dendritic cells'
  );
  expect(page.url()).not.toContain('datahub=');
});

test('a page is there again after a reload', async ({ page, sidebar }) => {
  await sidebar.open();
  const saved = page.waitForRequest(
    request =>
      request.method() === 'PUT' &&
      request.url().includes('/api/workspaces') &&
      (request.postData() ?? '').includes('jupyterlab-datahub-pages')
  );
  await sidebar.openPage('Dendritic');
  await saved;
  await page.reload();
  await expect(page.locator('.jp-DataHub-page h1')).toContainText('Dendritic');
});

test('an identifier of nothing is answered with words', async ({ page }) => {
  await page.goto('?datahub=cellxgene:00000000-0000-0000-0000-000000000000');
  const view = page.locator('.jp-DataHub-page');
  await expect(view.getByRole('alert')).toContainText(
    'There is no such dataset.'
  );
  await expect(view.getByRole('button', { name: 'Try again' })).toBeVisible();
});

test('what its catalog has withdrawn is said to be, in words', async ({
  page
}) => {
  // "Left ventricle, pilot (withdrawn)" of the demo.
  await page.goto('?datahub=cellxgene:681896bb-0e8b-5d2a-a8b1-64b8191866c3');
  const view = page.locator('.jp-DataHub-page');
  await expect(view.getByRole('alert')).toContainText(
    'This dataset was withdrawn.'
  );
  await expect(
    view.getByRole('button', { name: 'Load in notebook' })
  ).toHaveCount(0);
});

test('the launcher leads to the search', async ({ page, sidebar }) => {
  await page
    .locator('.jp-LauncherCard')
    .filter({ hasText: 'Find a dataset' })
    .click();
  await expect(sidebar.rows.first()).toBeVisible();
});

test('an image in a bucket is looked at without downloading it', async ({
  page
}) => {
  const key = 'mcmicro/tonsil-1/registration/tonsil-1.ome.tif';
  await page.notebook.createNew();
  await page.evaluate(
    ref => window.jupyterapp.commands.execute('datahub:open-dataset', { ref }),
    `s3://open-images/${key}`
  );
  const view = page.locator('.jp-DataHub-page:visible');
  await view.getByRole('button', { name: 'Look at tonsil-1.ome.tif' }).click();
  const panel = view.getByRole('region', { name: 'tonsil-1.ome.tif' });
  const image = panel.getByRole('img');
  await expect(image).toHaveAccessibleName('DNA_1 of tonsil-1.ome.tif');
  await expect(image).toBeVisible();
  await expect(panel.getByText(/Fetched .+ of 1\.71\sMB/)).toBeVisible();
  const width = (): Promise<number> =>
    image.evaluate((node: HTMLImageElement) => node.naturalWidth);
  await expect.poll(width).toBeGreaterThan(0);
  const first = await image.getAttribute('src');
  await panel.getByRole('listbox', { name: 'Channel' }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(image).toHaveAccessibleName('CD20 of tonsil-1.ome.tif');
  await expect.poll(width).toBeGreaterThan(0);
  expect(await image.getAttribute('src')).not.toBe(first);

  // The table of its cells is offered by name, and chosen by nobody but the user.
  await panel.getByRole('button', { name: 'Find tables of its cells' }).click();
  const cells = panel.getByRole('button', { name: 'Load its cells' });
  await expect(cells).toBeDisabled();
  await panel
    .getByRole('combobox', { name: 'Table of the cells' })
    .selectOption('quantification/unmicst-tonsil-1_cell.csv');
  await expect(cells).toBeEnabled();

  // A cell opens the image where it is.
  await panel
    .getByRole('combobox', { name: 'How the image is opened' })
    .selectOption('Zarr arrays');
  const level = panel.getByRole('combobox', {
    name: 'Which level of the image is opened'
  });
  await level.selectOption('1');
  const chosen = level.locator('option', { hasText: /^\d.*\(/ }).nth(1);
  const [, side] = /^(\d+) × /.exec((await chosen.textContent()) ?? '') ?? [];
  await expect(panel.getByText(/All 6 channels .+ one takes/)).toBeVisible();
  await panel.getByRole('button', { name: 'Show the code' }).click();
  await expect(panel.getByText('fsspec.open(')).toBeVisible();
  await panel.getByRole('button', { name: 'Load in notebook' }).click();
  const opened = page.locator('.jp-NotebookPanel:visible .jp-Cell', {
    hasText: 'tifffile.TiffFile('
  });
  await expect(opened.first()).toBeVisible();
  await expect(opened.first().locator('.jp-OutputArea-output')).toContainText(
    `shape=(6, ${side}, ${side})`
  );
  await view.page().screenshot({ path: 'test-results/image/cell.png' });
});
