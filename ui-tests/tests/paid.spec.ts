import { expect, loaded, test } from './datahub';

const NAME = 'exemplar-0_cell.csv';
const REF = `s3://paid-atlas/tables/${NAME}`;

test('what somebody pays for is loaded within the limit that they set', async ({
  page,
  backstage,
  sidebar
}) => {
  await page.notebook.createNew();
  await page.evaluate(
    ref =>
      window.jupyterapp.commands.execute('datahub:open-dataset', { ref }),
    REF
  );
  const view = page.locator('.jp-DataHub-page:visible');
  await expect(view).toContainText(/to download, which costs at most 0\.0000/);

  // What has no limit does not begin, and closing the question begins nothing.
  await view.getByRole('button', { name: 'Load in notebook' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pay for this download?' });
  await expect(dialog).toContainText('your AWS account is charged');
  await expect(dialog).toContainText('prices of 2026-06');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(
    (
      await backstage.api<{ transfers: object[] }>('GET', 'datahub/transfers')
    ).transfers
  ).toEqual([]);

  // What is ticked together is asked about once.
  await sidebar.open();
  await sidebar.field.fill('s3://paid-atlas/tables/');
  const ticks = page.locator('.jp-DataHub-tick:visible');
  await expect(ticks).toHaveCount(3);
  await ticks.nth(1).click();
  await ticks.nth(2).click();
  await page.getByRole('button', { name: 'Download 2 ticked' }).click();
  await expect(dialog).toContainText('2 datasets: whoever fetches');
  await expect(dialog).toContainText('2 files, 1.2');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  // At a limit that is too low it waits, and goes on once that is raised.
  await view.getByRole('button', { name: 'Load in notebook' }).click();
  const limit = dialog.getByLabel('Limit in USD');
  await expect(limit).toHaveValue('0.01');
  await limit.fill('0.00001');
  await expect(dialog).toContainText('less than all of it may cost');
  await dialog.getByRole('button', { name: /^Pay up to/ }).click();
  await expect(page.getByText(/is paused at its limit/)).toBeVisible();
  await view.getByRole('button', { name: /^Raise the limit/ }).click();
  const raise = page.getByRole('dialog', { name: 'Raise the limit?' });
  await expect(raise).toContainText('are spent already');
  await raise.getByRole('button', { name: /^Pay up to/ }).click();
  await expect(loaded(page)).toContainText('20000 × 2', { timeout: 30_000 });
});
