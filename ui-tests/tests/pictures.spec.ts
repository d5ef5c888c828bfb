/** The pictures of the README and the documentation, so that they show what there is. */
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

import { expect, loaded, test, type Sidebar } from './datahub';

// Into the documentation only on request, as each run differs in a pixel or two.
const FOLDER = process.env.DATAHUB_PICTURES ?? 'test-results/pictures';
const LARGE = 'PBMC 68k, reduced, repeated';
const THEMES = { light: 'JupyterLab Light', dark: 'JupyterLab Dark' } as const;

test.use({ viewport: { width: 1280, height: 800 } });

/** Take a picture of the page with nothing in it that moves. */
async function picture(
  page: IJupyterLabPageFixture,
  name: string
): Promise<void> {
  await page.screenshot({
    path: `${FOLDER}/${name}.png`,
    animations: 'disabled',
    caret: 'hide'
  });
}

/** Make the sidebar so wide. */
async function widen(
  page: IJupyterLabPageFixture,
  sidebar: Sidebar,
  width: number
): Promise<void> {
  const { x, width: now } = (await sidebar.root.boundingBox())!;
  await page.mouse.move(x + now + 1, 400);
  await page.mouse.down();
  await page.mouse.move(x + width + 1, 400, { steps: 4 });
  await page.mouse.up();
  await expect
    .poll(async () => (await sidebar.root.boundingBox())!.width)
    .toBeGreaterThan(width - 10);
}

for (const [shade, theme] of Object.entries(THEMES)) {
  test(`pictures of the story, ${shade}`, async ({
    page,
    sidebar,
    backstage
  }) => {
    await page.theme.setTheme(theme);
    await page.notebook.createNew();
    await sidebar.open();
    await widen(page, sidebar, 330);
    await sidebar.search('pbmc');
    await sidebar.press('PBMC 68k, reduced', 'Load');
    await expect(loaded(page)).toBeVisible({ timeout: 30_000 });
    await picture(page, `story-${shade}`);

    const view = await sidebar.openPage('PBMC 68k, reduced, repeated to 7');
    await backstage.faults({ kind: 'slow', host: 'assets', rate: 100_000 });
    await view.getByRole('button', { name: 'Load in notebook' }).click();
    const transfers = await sidebar.unfold('Transfers');
    await expect(transfers).toContainText('left');
    await picture(page, `dataset-${shade}`);
  });
}

test('picture of a preview', async ({ page, sidebar }) => {
  await sidebar.open();
  await widen(page, sidebar, 330);
  const view = await sidebar.openPage('PBMC 68k, reduced');
  const preview = view.getByRole('region', { name: 'Preview' });
  await preview.getByRole('button', { name: 'Preview' }).click();
  await expect(preview.getByRole('listbox', { name: /^Cells by/ })).toBeVisible();
  await preview.evaluate(node => node.scrollIntoView());
  // The dots are painted at the next frame.
  await page.waitForTimeout(300);
  await picture(page, 'preview-light');

  const legend = preview.getByRole('listbox', { name: /^Cells by/ });
  await legend.getByRole('option', { name: /^B cell/ }).click();
  await legend.getByRole('option', { name: /^natural killer/ }).click();
  const selection = preview.getByRole('region', { name: 'Selection' });
  await selection
    .getByRole('combobox', { name: 'Genes' })
    .fill('CD79A, MS4A1, NKG7, ');
  await expect(
    selection.getByRole('button', { name: 'Load selection' })
  ).toBeEnabled();
  await selection.evaluate(node => node.scrollIntoView({ block: 'end' }));
  await page.waitForTimeout(300);
  await picture(page, 'selection-light');
});

test('picture of a study of a tissue atlas', async ({ page, sidebar }) => {
  await sidebar.open();
  await widen(page, sidebar, 330);
  await sidebar.search('tonsil six colours');
  const view = await sidebar.openPage('A tonsil in six colours');
  const stories = view.getByRole('list', { name: 'Stories' });
  await expect(stories.getByRole('img')).toHaveCount(3);
  for (const thumbnail of await stories.getByRole('img').all()) {
    await expect
      .poll(() =>
        thumbnail.evaluate(image => (image as HTMLImageElement).naturalWidth)
      )
      .toBeGreaterThan(0);
  }
  await expect(page.getByText('searching…')).toHaveCount(0);
  await picture(page, 'atlas-light');
});

test('pictures of a narrow and of a wide sidebar', async ({
  page,
  sidebar
}) => {
  await sidebar.open();
  await sidebar.search(LARGE);
  await widen(page, sidebar, 250);
  await picture(page, 'narrow');
  await widen(page, sidebar, 480);
  await sidebar.root.getByRole('button', { name: /^Tissue(?! atlas)/ }).click();
  await picture(page, 'wide');
});

test('pictures of nothing found, of waiting and of a failure', async ({
  page,
  sidebar,
  backstage
}) => {
  await sidebar.open();
  await widen(page, sidebar, 330);
  await sidebar.search('pbmc zzzzqqq');
  await expect(sidebar.rows).toHaveCount(0);
  await picture(page, 'empty');

  await page.route('**/datahub/search?*', async route => {
    await new Promise(resolve => setTimeout(resolve, 3000));
    await route.continue();
  });
  await sidebar.field.fill('lung');
  await page.waitForTimeout(600);
  await picture(page, 'loading');
  await page.unroute('**/datahub/search?*');

  await sidebar.search('CD19');
  await backstage.faults({
    kind: 'status',
    host: 'assets',
    status: 404,
    times: 1000
  });
  await sidebar.press('CD19', 'Download');
  const transfers = await sidebar.unfold('Transfers');
  await expect(transfers).toContainText('Refresh the catalog');
  await picture(page, 'error');
});

for (const [shade, theme] of Object.entries(THEMES)) {
  test(`pictures of a store, ${shade}`, async ({
    page,
    sidebar,
    backstage
  }) => {
    await page.theme.setTheme(theme);
    await backstage.connect();
    await page.notebook.createNew();
    await sidebar.open();
    await widen(page, sidebar, 330);
    const tree = await sidebar.unfold('Browse');
    for (const name of [/^LAB/, /^SC/, /^PBMC, healthy/]) {
      await tree.getByRole('treeitem', { name }).click();
    }
    const dataset = tree.getByRole('treeitem', { name: /^Counts of ten/ });
    await expect(dataset).toBeVisible();
    await dataset.dblclick();
    const view = page.locator('.jp-DataHub-page:visible');
    await expect(
      view.getByRole('heading', { name: 'Properties' })
    ).toBeVisible();
    await picture(page, `store-${shade}`);

    await page.getByRole('tab', { name: /^Untitled/ }).click();
    await page.getByRole('button', { name: /^Save to store/ }).click();
    const dialog = page.getByRole('dialog', { name: /^Save / });
    await expect(dialog.getByLabel('Type *')).toBeVisible();
    await picture(page, `save-${shade}`);
    await page.keyboard.press('Escape');

    await page
      .locator('.jp-DataHub-toolbar [data-command="datahub:connections"]')
      .click();
    await expect(
      page.getByRole('dialog', { name: 'Connections' })
    ).toContainText('connected as');
    await picture(page, `connections-${shade}`);
  });
}
