/** What a dataset's page shows of a file that is not here. */
import type { Locator } from '@playwright/test';

import { problems } from './axe';
import { expect, test } from './datahub';

/** How many different pixels a picture has. */
async function colours(canvas: Locator): Promise<number> {
  return canvas.evaluate((node: HTMLCanvasElement) => {
    const { width, height } = node;
    const { data } = node.getContext('2d')!.getImageData(0, 0, width, height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
}

test('a file shows what is in it, and its cells by what they are', async ({
  page,
  sidebar,
  backstage
}) => {
  await sidebar.open();
  const view = await sidebar.openPage('PBMC 68k, reduced');
  const preview = view.getByRole('region', { name: 'Preview' });
  await expect(preview).toContainText('nothing is downloaded');
  await preview.getByRole('button', { name: 'Preview' }).click();
  await expect(preview).toContainText('700 cells × 738 genes');
  await expect(preview).toContainText('fetched 1.17 MB of 1.17 MB');
  await expect(
    preview.locator('.jp-DataHub-fileFacts').getByText('raw.X').first()
  ).toBeVisible();

  const picture = preview.getByRole('img', { name: /^700 cells in X_umap/ });
  await expect.poll(() => colours(picture)).toBeGreaterThan(20);
  const legend = preview.getByRole('listbox', { name: 'Cells by cell_type' });
  await expect(legend.getByRole('option')).toHaveCount(10);
  await expect(legend.getByRole('option').first()).toHaveText(
    /dendritic cell\s*240/
  );

  await legend.getByRole('option').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(
    legend.getByRole('option', { name: /^CD14-positive/ })
  ).toHaveAttribute('aria-selected', 'true');
  const alone = await colours(picture);
  await page.keyboard.press('Escape');
  await expect.poll(() => colours(picture)).toBeGreaterThan(alone);

  const field = preview.getByRole('combobox', { name: 'Colour by' });
  await field.fill('mito');
  await page.keyboard.press('Enter');
  await expect(
    preview.getByRole('group', { name: 'Cells by percent_mito' })
  ).toBeVisible();
  const before = await picture.screenshot();
  await picture.focus();
  await page.keyboard.press('+');
  await expect
    .poll(async () => (await picture.screenshot()).equals(before))
    .toBe(false);

  await preview.getByRole('button', { name: 'phase', exact: true }).click();
  await expect(
    preview.getByRole('listbox', { name: 'Cells by phase' })
  ).toContainText('G2M');
  expect(await problems(page, '.jp-DataHub-page')).toEqual([]);

  // A file that is not where it was is said to be gone, and asked for again.
  await backstage.faults({ kind: 'status', host: 'assets', status: 404, times: 1000 });
  const other = await sidebar.openPage('CD19');
  await other.getByRole('button', { name: 'Preview' }).click();
  await expect(other.getByText('There is no preview.')).toBeVisible({
    timeout: 30_000
  });
  await backstage.faults();
  await other.getByRole('button', { name: 'Try again' }).click();
  await expect(other.getByText('95 cells × 738 genes')).toBeVisible();
});
