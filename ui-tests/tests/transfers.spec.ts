import { expect, loaded, test, toast } from './datahub';

const LARGE = 'PBMC 68k, reduced, repeated';
const SLOW = { kind: 'slow', host: 'assets', rate: 100_000 } as const;

test('a reload in mid-download loses neither the bytes nor the wish', async ({
  page,
  sidebar,
  backstage
}) => {
  await page.notebook.createNew();
  await page.notebook.save();
  await sidebar.open();
  await sidebar.search(LARGE);
  await backstage.faults(SLOW);
  const saved = page.waitForRequest(
    request =>
      request.method() === 'PUT' &&
      request.url().includes('/api/workspaces') &&
      (request.postData() ?? '').includes('jupyterlab-datahub:loads')
  );
  await sidebar.press(LARGE, 'Load');
  await saved;
  await page.reload();
  const transfers = await sidebar.unfold('Transfers');
  await expect(transfers.getByRole('progressbar')).toBeVisible();
  await backstage.faults();
  await expect(loaded(page)).toContainText('7000 × 738', { timeout: 30_000 });
  await expect(page.locator('.jp-CodeCell')).toHaveCount(2);
});

test('pause, resume and cancel are felt at once', async ({
  sidebar,
  backstage
}) => {
  await sidebar.open();
  await sidebar.search(LARGE);
  await backstage.faults(SLOW);
  await sidebar.press(LARGE, 'Download');
  const transfers = await sidebar.unfold('Transfers');
  await transfers.getByRole('button', { name: /^Pause/ }).click();
  await expect(transfers).toContainText('paused');
  await transfers.getByRole('button', { name: /^Resume/ }).click();
  await expect(transfers).toContainText('left');
  await transfers.getByRole('button', { name: /^Cancel/ }).click();
  await expect(transfers).toContainText('cancelled');
});

test('a host that fails is named, with what to do; the next try loads', async ({
  page,
  sidebar,
  backstage
}) => {
  await page.notebook.createNew();
  await sidebar.open();
  const view = await sidebar.openPage('CD19');
  await backstage.faults({
    kind: 'status',
    host: 'assets',
    status: 404,
    times: 1000
  });
  await view.getByRole('button', { name: 'Load in notebook' }).click();
  const failure = view.getByRole('list', { name: 'Transfer of this dataset' });
  await expect(failure).toContainText(/no file at this address \(127\.0\.0\.1/);
  await expect(failure).toContainText('Refresh the catalog');
  await backstage.faults();
  await toast(page, 'was not loaded')
    .getByRole('button', { name: 'Try again' })
    .click();
  await expect(loaded(page)).toContainText('95 × 738', { timeout: 30_000 });
});

test('a file in the library costs no network, and can be deleted', async ({
  page,
  sidebar,
  backstage
}) => {
  await page.notebook.createNew();
  await sidebar.open();
  await sidebar.search('CD34');
  await sidebar.press('CD34', 'Download');
  const library = await sidebar.unfold('Library');
  await expect(library).toContainText('CD34');
  await backstage.forgetRequests();
  await sidebar.press('CD34', 'Load');
  await expect(loaded(page)).toContainText('13 × 738', { timeout: 30_000 });
  expect(await backstage.fileRequests()).toBe(0);

  await library.getByRole('button', { name: /^Remove/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Remove/ }).click();
  await expect(library).toBeHidden();
});
