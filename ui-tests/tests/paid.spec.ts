import { expect, loaded, test } from './datahub';

const NAME = 'exemplar-0_cell.csv';
const REF = `s3://paid-atlas/tables/${NAME}`;

test('what somebody pays for is loaded within the limit that they set', async ({
  page,
  backstage
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

  // At a limit that is too low it waits, and goes on once that is raised.
  await view.getByRole('button', { name: 'Load in notebook' }).click();
  const limit = dialog.getByLabel('Limit in USD');
  await expect(limit).toHaveValue('0.01');
  await limit.fill('0.00001');
  await expect(dialog).toContainText('less than all of it may cost');
  await dialog.getByRole('button', { name: /^Pay up to/ }).click();
  await view.getByRole('button', { name: /^Raise the limit/ }).click();
  const raise = page.getByRole('dialog', { name: 'Raise the limit?' });
  await expect(raise).toContainText('are spent already');
  await raise.getByRole('button', { name: /^Pay up to/ }).click();
  await expect(loaded(page)).toContainText('20000 × 2', { timeout: 30_000 });
});
