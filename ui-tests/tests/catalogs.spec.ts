/** The search in catalogs that are asked themselves: the Human Cell Atlas and a Gen3 commons. */
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
  await sidebar.root.getByRole('button', { name: 'Tissue' }).click();
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

  await tabs.getByRole('tab', { name: 'Files' }).click();
  await expect(
    sidebar.root.locator('.jp-DataHub-liveHead').getByRole('status')
  ).toHaveText(/found/);
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
    page
      .locator('.jp-DataHub-page:visible')
      .getByRole('heading', { level: 1 })
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
  await backstage.faults({ kind: 'latency', host: 'hca', seconds: 9 });
  await sidebar.search('blood');
  const line = sidebar.root.locator('.jp-DataHub-further');
  await expect(line).toContainText(/^slow \(\d+ s\): Human/, { timeout: 15_000 });
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
