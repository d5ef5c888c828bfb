import { expect, MANY, test, TOKEN } from './datahub';

test('a hundred thousand results are one list of which few rows exist', async ({
  page
}) => {
  await expect
    .poll(
      () =>
        page.request
          .get(`${MANY}/lab?token=${TOKEN}`)
          .then(response => response.status())
          .catch(() => 0),
      { timeout: 50_000 }
    )
    .toBe(200);
  await page.goto(`${MANY}/lab`);
  await page.getByRole('tab', { name: 'DataHub' }).click();
  await expect(page.getByText(/^100,000 datasets/)).toBeVisible({
    timeout: 30_000
  });
  const list = page.getByRole('listbox', { name: 'Datasets' });
  await list.focus();
  await page.keyboard.press('End');
  const last = list.locator('[aria-posinset="100000"]');
  await expect(last).toContainText('Dataset');
  await expect(last).toBeInViewport();
  expect(await list.getByRole('option').count()).toBeLessThan(60);

  await list.focus();
  await page.keyboard.press('Home');
  await expect(list.locator('[aria-posinset="1"]')).toBeInViewport();
  await list.hover();
  for (let turn = 0; turn < 20; turn++) {
    await page.mouse.wheel(0, 40_000);
  }
  await expect
    .poll(() => list.getByRole('option', { name: /^Dataset/ }).count())
    .toBeGreaterThan(5);
  expect(await list.getByRole('option').count()).toBeLessThan(60);

  // Of 400 cell types 200 are listed; the others are found by what is typed, keys alone will do.
  const sidebar = page.locator('#jp-DataHub');
  await sidebar.getByRole('button', { name: 'Cell type' }).click();
  await expect(
    sidebar.getByText(/^200 rarer values are not listed/)
  ).toBeVisible();
  await sidebar
    .getByRole('searchbox', { name: 'Filter the values of Cell type' })
    .focus();
  await page.keyboard.type('type 399');
  const rare = sidebar.getByRole('checkbox', { name: /^cell type 399/ });
  await expect(rare).toBeVisible();
  await page.screenshot({ path: 'test-results/many/rare.png' });
  await page.keyboard.press('Tab');
  await expect(rare).toBeFocused();
  await page.keyboard.press('Space');
  await expect(page.getByText(/^250 datasets/)).toBeVisible();
  await expect(rare).toBeChecked();
});
