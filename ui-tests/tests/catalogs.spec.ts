/** The search in catalogs that are asked themselves: the Human Cell Atlas and a Gen3 commons. */
import type { Locator } from '@playwright/test';

import { problems } from './axe';
import { expect, test } from './datahub';

const ATLAS = 'Human Cell Atlas (demo)';
const COMMONS = 'Demo commons';
const AIRWAYS = 'Airways of 160 donors';

test('one search asks all catalogs, and its facets count them together', async ({
  page,
  sidebar,
  backstage
}) => {
  await sidebar.open();
  const chip = sidebar.root.getByRole('button', { name: ATLAS }).first();
  await expect(chip.locator('.jp-DataHub-count')).toHaveText(/\d/);
  await sidebar.search('blood');
  for (const store of [ATLAS, COMMONS]) {
    const head = sidebar.root.locator('.jp-DataHub-liveHead', {
      hasText: store
    });
    await expect(head.getByRole('status')).toHaveText(/^\d+ datasets?$/);
  }
  await sidebar.search('');
  await sidebar.root.getByRole('button', { name: 'Tissue', exact: true }).click();
  const { facets } = await backstage.api<{
    facets: { name: string; values: { value: string; count: number }[] }[];
  }>('GET', 'datahub/search?limit=1');
  const alone = facets
    .find(({ name }) => name === 'tissue')!
    .values.find(({ value }) => value === 'blood')!.count;
  const blood = sidebar.root
    .locator('.jp-DataHub-value[title="blood" i]')
    .locator('.jp-DataHub-count');
  await expect
    .poll(async () => Number(await blood.textContent()))
    .toBeGreaterThan(alone);
  await page.screenshot({ path: 'test-results/catalogs/both.png' });
});

test('the only catalog has its own kinds, filters, summary and exports', async ({
  page,
  sidebar
}) => {
  await sidebar.open();
  await sidebar.root.getByRole('button', { name: ATLAS }).first().click();
  const tabs = sidebar.root.getByRole('tablist');
  await expect(tabs).toBeVisible();
  await expect(sidebar.root.locator('.jp-DataHub-summary')).toContainText(
    'donors'
  );
  await sidebar.root.getByRole('button', { name: 'More filters' }).click();
  await expect(
    sidebar.root.getByRole('heading', { name: 'Donor' })
  ).toBeVisible();
  await page.screenshot({ path: 'test-results/catalogs/facets.png' });
  await sidebar.root.getByRole('button', { name: 'Fewer filters' }).click();

  await sidebar.field.fill('airways');
  await sidebar.root.getByRole('button', { name: 'Export' }).click();
  const exports = sidebar.root.getByRole('list', {
    name: `Exports of ${ATLAS}`
  });
  await expect(exports).toContainText('File manifest');
  await page.screenshot({ path: 'test-results/catalogs/exports.png' });
  await exports.getByRole('button', { name: /^File manifest/ }).click();
  const transfers = await sidebar.unfold('Transfers');
  await expect(transfers.getByText(/^done/)).toHaveCount(1, {
    timeout: 30_000
  });

  const status = sidebar.root.locator('.jp-DataHub-liveHead').getByRole('status');
  await expect(status).toHaveText('1 dataset');
  await tabs.getByRole('tab', { name: 'Samples' }).click();
  await expect(status).toHaveText(/found/);
  const sample = sidebar.root
    .getByRole('listbox', { name: `Datasets of ${ATLAS}` })
    .getByRole('option')
    .first();
  await expect(sample).toBeVisible();
  await sample.hover();
  await expect(
    sidebar.root.getByRole('button', { name: /^Download files of / })
  ).toHaveAttribute('title', /^Download (all )?\d+ files? \(.+\)…$/);
  await sample.click({ button: 'right' });
  for (const name of ['Open sample', /^Download .*files?/, 'Download file manifest']) {
    await expect(page.getByRole('menuitem', { name }).first()).toBeVisible();
  }
  await page.screenshot({ path: 'test-results/catalogs/sample-menu.png' });
  await page.keyboard.press('Escape');

  const samples = await status.textContent();
  await tabs.getByRole('tab', { name: 'Files' }).click();
  await expect(status).not.toHaveText(samples!);
  await expect(status).toHaveText(/found/);
  await page.screenshot({ path: 'test-results/catalogs/files.png' });
  const file = sidebar.root
    .getByRole('listbox', { name: `Datasets of ${ATLAS}` })
    .getByRole('option')
    .first();
  await file.hover();
  await expect(
    sidebar.root.getByRole('button', { name: /^Download / })
  ).toBeVisible();
  await file.locator('.jp-DataHub-rowTitle').click();
  await expect(
    page.locator('.jp-DataHub-page:visible').getByRole('heading', { level: 1 })
  ).toBeVisible();
  // The chips of other catalogs go on counting.
  await expect(
    sidebar.root
      .getByRole('button', { name: COMMONS })
      .first()
      .locator('.jp-DataHub-count')
  ).toHaveText(/\d/);
});

test('all files of a selection come as one group, after a question', async ({
  page,
  sidebar
}) => {
  await sidebar.open();
  await sidebar.root.getByRole('button', { name: ATLAS }).first().click();
  await sidebar.field.fill('retina');
  await expect(
    sidebar.root.locator('.jp-DataHub-liveHead').getByRole('status')
  ).toHaveText('1 dataset');
  await sidebar.root.getByRole('button', { name: 'Export' }).click();
  await sidebar.root.getByRole('button', { name: /^All files/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(/\d+ files, \d/);
  await page.screenshot({ path: 'test-results/catalogs/question.png' });
  await dialog.getByRole('button', { name: 'Download' }).click();
  const transfers = await sidebar.unfold('Transfers');
  await expect(transfers.getByText(/\d+ of \d+ files/)).toBeVisible({
    timeout: 60_000
  });
  await expect(transfers.getByText(/(done|failed) ·/)).toBeVisible({
    timeout: 60_000
  });
  await page.screenshot({ path: 'test-results/catalogs/group.png' });
});

test('a slow catalog is told of and moves nothing, one that fails can be asked again', async ({
  page,
  sidebar,
  backstage
}) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  await sidebar.open();
  await backstage.faults({ kind: 'latency', host: 'hca', seconds: 60 });
  await sidebar.search('blood');
  const line = sidebar.root.locator('.jp-DataHub-further');
  await expect(line).toContainText(/^slow \(\d+ s\): Human/, {
    timeout: 15_000
  });
  await expect(line).toBeInViewport();
  await expect(
    line.getByRole('button', { name: 'keep waiting' })
  ).toBeInViewport();
  await line.getByRole('button', { name: /^slow/ }).click();
  await page.screenshot({ path: 'test-results/catalogs/slow.png' });
  const above = sidebar.root
    .getByRole('listbox', { name: `Datasets of ${COMMONS}` })
    .getByRole('option')
    .first();
  const before = (await above.boundingBox())!;
  await backstage.faults();
  const head = sidebar.root.locator('.jp-DataHub-liveHead', { hasText: ATLAS });
  await expect(head.getByRole('status')).toHaveText(/^\d+ datasets?$/, {
    timeout: 60_000
  });
  const after = (await above.boundingBox())!;
  expect(Math.abs(after.y - before.y)).toBeLessThan(2);

  await backstage.faults({
    kind: 'status',
    host: 'hca',
    status: 500,
    times: 1000
  });
  await sidebar.search('lung');
  await expect(line).toContainText(`no answer from ${ATLAS}`, {
    timeout: 60_000
  });
  await line.getByRole('button').click();
  const notice = sidebar.root.locator('.jp-DataHub-notice', {
    hasText: `${ATLAS} could not be searched.`
  });
  await expect(notice).toContainText('127.0.0.1');
  await page.screenshot({ path: 'test-results/catalogs/failed.png' });
  await backstage.faults();
  await notice.getByRole('button', { name: 'Try again' }).click();
  await expect(head.getByRole('status')).toHaveText(/^\d+ datasets?$/, {
    timeout: 30_000
  });
});

test('a filter that a catalog does not know keeps it out, in words', async ({
  page,
  sidebar
}) => {
  await page.theme.setDarkTheme();
  await sidebar.open();
  await sidebar.root.getByRole('button', { name: ATLAS }).first().click();
  await sidebar.root.getByRole('button', { name: 'More filters' }).click();
  await sidebar.root
    .getByRole('button', { name: 'Institution', exact: true })
    .click();
  await sidebar.root.locator('.jp-DataHub-value').first().click();
  await sidebar.root.getByRole('button', { name: ATLAS }).first().click();
  await expect(
    sidebar.root.getByText(
      new RegExp(`^${COMMONS} does not know the filter Institution`)
    )
  ).toBeVisible();
  await page.screenshot({ path: 'test-results/catalogs/unknown.png' });
});

test(`a picture of ${AIRWAYS} in a narrow page`, async ({ page, sidebar }) => {
  await page.setViewportSize({ width: 700, height: 600 });
  await sidebar.open();
  await sidebar.root.getByRole('button', { name: COMMONS }).first().click();
  await expect(sidebar.root.getByRole('tablist')).toBeVisible();
  await page.screenshot({ path: 'test-results/catalogs/narrow.png' });
});

test('the page of a project has its matrices first, and leads to CELLxGENE here', async ({
  page,
  sidebar,
  backstage
}) => {
  const open = async (text: string, entity = 'projects'): Promise<Locator> => {
    const query = `entity=${entity}&text=${encodeURIComponent(text)}&limit=1`;
    const { hits } = await backstage.api<{ hits: { ref: string }[] }>(
      'GET',
      `datahub/sources/hca/search?${query}`
    );
    await page.evaluate(async ref => {
      const { jupyterapp } = window as unknown as {
        jupyterapp: {
          commands: { execute(id: string, args: object): Promise<unknown> };
        };
      };
      await jupyterapp.commands.execute('datahub:open-dataset', { ref });
    }, hits[0].ref);
    const found = page.locator('.jp-DataHub-page:visible');
    await expect(found.getByRole('heading', { level: 1 })).toBeVisible();
    return found;
  };
  await sidebar.open();
  const view = await open('pancreatic islets');
  await expect(
    view.getByRole('rowheader', { name: /^Matrices of/ })
  ).toHaveCount(2);
  await expect(view.getByRole('link', { name: 'GSE000001' })).toHaveCount(1);
  expect(await problems(page, '.jp-DataHub-page:not(.lm-mod-hidden)')).toEqual(
    []
  );

  // A file that has two matrices: it is converted, and then either can be X.
  await view
    .getByRole('checkbox', { name: 'pancreas-islets-human-SS2.loom' })
    .check();
  await view
    .getByRole('checkbox', { name: 'pancreas-islets.homo_sapiens.csv.zip' })
    .check();
  const bar = view.getByRole('toolbar', { name: 'Actions for the files' });
  await expect(bar.getByText(/^There is room for/)).toBeVisible();
  await bar.getByRole('button', { name: /^Download 2 files \(/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(/2 files, [\d.]+\sMB\. There is room for/);
  await dialog.getByRole('button', { name: 'Download' }).click();
  await expect(view.getByText('✓ yes')).toHaveCount(2, { timeout: 60_000 });

  const pbmc = await open('PBMC 68k');
  await pbmc
    .getByRole('list', { name: 'CELLxGENE (demo)' })
    .getByRole('button')
    .first()
    .click();
  await expect(page.locator('.jp-DataHub-page:visible')).toContainText(
    'CELLxGENE (demo)'
  );

  const closed = await open('managed access');
  await expect(closed.getByRole('note', { name: 'Access' })).toContainText(
    'apply for them'
  );
  await expect(
    closed.getByRole('button', { name: 'Load in notebook' })
  ).toBeDisabled();

  const file = await open('pancreas-islets-human-SS2.loom', 'files');
  await expect(file.getByText('Where it is from')).toBeVisible();
  await expect(
    file.getByRole('button', { name: /^Pancreatic islets/ })
  ).toBeVisible();
});
