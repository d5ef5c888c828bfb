import { problems } from './axe';
import { expect, loaded, test, toast, type Backstage } from './datahub';

/** What a notebook on the disk says of its inputs. */
async function inputsOf(
  backstage: Backstage,
  path: string
): Promise<{ ref: string; variable: string; sha256: string }[]> {
  const file = await backstage.api<{
    content: { metadata: { datahub?: { inputs: never[] } } };
  }>('GET', `api/contents/${path}`);
  return file.content.metadata.datahub?.inputs ?? [];
}

test('a row is dragged between two cells', async ({ page, sidebar }) => {
  await page.notebook.createNew();
  await page.notebook.setCell(0, 'code', '"first"');
  await page.notebook.addCell('code', '"second"');
  await sidebar.open();
  await sidebar.search('CD34');
  await sidebar.row('CD34').locator('.jp-DataHub-rowTitle').hover();
  await page.mouse.down();
  const second = page.locator('.jp-CodeCell').nth(1);
  const box = (await second.boundingBox())!;
  await page.mouse.move(box.x + 200, box.y + 40, { steps: 4 });
  await page.mouse.move(box.x + 200, box.y + 4, { steps: 2 });
  await expect(second).toHaveClass(/jp-DataHub-dropAbove/);
  await page.mouse.up();
  await expect(loaded(page)).toContainText('13 × 738', { timeout: 30_000 });
  const cells = page.locator('.jp-CodeCell .jp-InputArea');
  await expect(cells).toHaveCount(3);
  await expect(cells.nth(0)).toContainText('"first"');
  await expect(cells.nth(1)).toContainText('ad.read_h5ad(');
  await expect(cells.nth(2)).toContainText('"second"');
});

test('the toolbar of a notebook finds and loads', async ({
  page,
  backstage
}) => {
  await page.notebook.createNew();
  await page.getByRole('button', { name: 'Add data' }).click();
  const popover = page.getByRole('dialog', {
    name: /^Add data to Untitled\d*\.ipynb$/
  });
  const field = popover.getByRole('combobox');
  await expect(field).toBeFocused();
  await page.keyboard.type('dendritic');
  await expect(popover.getByRole('option').first()).toContainText('Dendritic');
  await page.keyboard.press('Enter');
  await expect(popover).toBeHidden();
  await expect(loaded(page)).toContainText('240 × 738', { timeout: 30_000 });

  await page.notebook.save();
  const path = await page.evaluate(
    () =>
      (
        window as unknown as {
          jupyterapp: {
            shell: { currentWidget: { context: { path: string } } };
          };
        }
      ).jupyterapp.shell.currentWidget.context.path
  );
  const [input] = await inputsOf(backstage, path);
  expect(input.ref).toMatch(/^cellxgene:/);
  expect(input.variable).toBe('dendritic_cells_of_pbmc_68k');
  expect(input.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('the popover closes and gives the focus back', async ({ page }) => {
  await page.notebook.createNew();
  await page.getByRole('button', { name: 'Add data' }).click();
  const popover = page.getByRole('dialog', { name: /^Add data to/ });
  await expect(popover.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(popover).toBeHidden();
  await expect(page.locator('.jp-Notebook :focus, .jp-Notebook:focus')).toHaveCount(
    1
  );
  await page.getByRole('button', { name: 'Add data' }).click();
  await page.locator('#jp-MainLogo').click();
  await expect(popover).toBeHidden();
});

test('a name that is alive in the kernel is not overwritten', async ({
  page,
  sidebar
}) => {
  await page.notebook.createNew();
  await page.notebook.setCell(0, 'code', 'dendritic_cells_of_pbmc_68k = 1');
  await page.notebook.runCell(0);
  await sidebar.open();
  await sidebar.search('dendritic');
  await sidebar.press('Dendritic', 'Load');
  await expect(loaded(page)).toContainText('240 × 738', { timeout: 30_000 });
  await expect(page.locator('.jp-Notebook')).toContainText(
    'dendritic_cells_of_pbmc_68k_2 = ad.read_h5ad('
  );
  await expect(toast(page, 'dendritic_cells_of_pbmc_68k_2')).toBeVisible();
});

test('a load that would end the kernel is asked about', async ({
  page,
  sidebar
}) => {
  await page.notebook.createNew();
  await page.notebook.setCell(
    0,
    'code',
    [
      'import anndata, resource',
      'used = int(open("/proc/self/statm").read().split()[0]) * 4096',
      'resource.setrlimit(resource.RLIMIT_AS, (used + 3 * 10**8,) * 2)'
    ].join('\n')
  );
  await page.notebook.runCell(0);
  await sidebar.open();
  const view = await sidebar.openPage('CD34');
  const ways = view.getByRole('combobox', { name: 'How much is loaded' });
  await expect(ways).toHaveValue('selection');
  await expect(view).toContainText(
    /The kernel has (?:2\d\d|300).MB free within the limit of its process\./
  );
  await expect(ways.locator('option')).toHaveText([
    /^whole \(needs 3\d\d.MB\)$/,
    /^backed \(needs 3\d\d.MB\)$/,
    /^lazy /,
    /^on a Dask cluster/,
    'selection…'
  ]);
  await ways.selectOption('whole');
  await view.getByRole('button', { name: 'Load in notebook' }).click();
  const question = page.getByRole('dialog', { name: /^Too large/ });
  await expect(question).toContainText('CD34', { timeout: 30_000 });
  await expect(question.getByRole('radio', { checked: true })).toBeFocused();
  expect(await problems(page, '.jp-DataHub-modal')).toEqual([]);
  await question.getByRole('radio', { name: /^backed/ }).check();
  await question.getByRole('button', { name: 'Load all the same' }).click();
  await expect(page.locator('.jp-Notebook')).toContainText('backed="r"');
  await expect(
    page.locator('.jp-OutputArea-output', { hasText: 'backed at' })
  ).toBeVisible({ timeout: 30_000 });
});

test('workers of a cluster compute with a file where it is', async ({
  page,
  sidebar,
  backstage
}) => {
  await page.notebook.createNew();
  await page.notebook.setCell(
    0,
    'code',
    [
      'from dask.distributed import LocalCluster',
      'cluster = LocalCluster(n_workers=1, threads_per_worker=1, processes=False,',
      '    host="127.0.0.1", protocol="tcp", dashboard_address=":0")',
      'print(cluster.scheduler_address)'
    ].join('\n')
  );
  await page.notebook.runCell(0);
  const said = page.locator('.jp-OutputArea-output');
  await expect(said).toHaveText(/^tcp:/);
  await sidebar.open();
  const view = await sidebar.openPage('Dendritic');
  const choose = (name: string, value: string): Promise<string[]> =>
    view.getByRole('combobox', { name }).selectOption(value);
  await choose('How much is loaded', 'dask');
  await choose('Where Dask computes', 'scheduler');
  await view
    .getByRole('textbox', { name: 'Address of the scheduler' })
    .fill((await said.textContent()) ?? '');
  await choose('Where the file is read', 'here');
  await expect(view).toContainText('nothing is downloaded');
  await view.getByRole('button', { name: 'Load in notebook' }).click();
  await expect(loaded(page)).toContainText('240 × 738', { timeout: 30_000 });
  await expect(page.locator('.jp-Notebook')).toContainText(
    '= datahub.open_lazy('
  );
  await page.notebook.setCell(
    2,
    'code',
    'x = dendritic_cells_of_pbmc_68k.X.compute(); print("values", x.shape, x.nnz)'
  );
  await page.notebook.runCell(2);
  await expect(said.last()).toHaveText(/^values \(240, 738\) [1-9]\d+\s*$/);
  const { transfers } = await backstage.api<{ transfers: unknown[] }>(
    'GET',
    'datahub/transfers'
  );
  expect(transfers).toEqual([]);
});

test('who is typing is not disturbed', async ({ page, sidebar, backstage }) => {
  await page.notebook.createNew();
  await sidebar.open();
  await sidebar.search('PBMC 68k, reduced, repeated');
  await backstage.faults({ kind: 'slow', host: 'assets', rate: 100_000 });
  await sidebar.press('PBMC 68k, reduced, repeated', 'Load');
  const transfers = await sidebar.unfold('Transfers');
  await expect(transfers.getByRole('progressbar')).toBeVisible();
  await page.notebook.enterCellEditingMode(0);
  await page.keyboard.type('dd = be');
  await backstage.faults();
  const cells = page.locator('.jp-CodeCell');
  await expect(cells).toHaveCount(2, { timeout: 30_000 });
  await page.keyboard.type('fore');
  await expect(cells.nth(1).locator('.cm-content')).toHaveText('dd = before');
  await expect(loaded(page)).toContainText('7000 × 738', { timeout: 30_000 });
});

test('without a notebook, one is offered', async ({ page, sidebar }) => {
  await sidebar.open();
  await sidebar.search('CD34');
  await sidebar.press('CD34', 'Load');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('No notebook or console is open');
  await expect(dialog.getByLabel('Kernel')).toHaveValue('python3');
  await dialog.getByRole('button', { name: 'Create and load' }).click();
  await expect(loaded(page)).toContainText('13 × 738', { timeout: 30_000 });
});

test('a console takes the cell as well', async ({ page, sidebar }) => {
  await page.menu.clickMenuItem('File>New>Console');
  await page.getByRole('button', { name: 'Select Kernel' }).click();
  await expect(page.getByText('| Idle')).toBeVisible({ timeout: 30_000 });
  await sidebar.open();
  await sidebar.search('CD34');
  await sidebar.press('CD34', 'Load');
  await expect(loaded(page)).toContainText('13 × 738', { timeout: 30_000 });
});

test('a busy kernel gets the cell, with a word about it', async ({
  page,
  sidebar,
  backstage,
  tmpPath
}) => {
  await page.notebook.createNew();
  // It is busy until there is a file; the notebook is in the folder that is being opened, or still
  // in the one above.
  const busy = `if not any(map(os.path.exists, ["go", "${tmpPath}/go"]))`;
  await page.notebook.setCell(
    0,
    'code',
    `import os, time; [time.sleep(0.1) for _ in range(999) ${busy}]`
  );
  // It waits for an idle kernel, which may come after the end of the test.
  void page.notebook.runCell(0).catch(() => undefined);
  await expect(page.getByText('| Busy')).toBeVisible();
  await sidebar.open();
  await sidebar.search('CD34');
  await sidebar.press('CD34', 'Load');
  await expect(page.locator('.jp-CodeCell').nth(1)).toContainText('read_h5ad(', {
    timeout: 30_000
  });
  await backstage.api('PUT', `api/contents/${tmpPath}/go`, {
    type: 'file',
    format: 'text',
    content: ''
  });
  await expect(toast(page, 'names were not checked')).toBeVisible({
    timeout: 20_000
  });
  await expect(loaded(page)).toContainText('13 × 738', { timeout: 30_000 });
});
