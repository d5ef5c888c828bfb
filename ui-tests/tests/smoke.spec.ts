import { expect, test } from '@jupyterlab/galata';

test('JupyterLab knows the extension', async ({ page }) => {
  const known = await page.evaluate(() =>
    window.jupyterapp.hasPlugin('jupyterlab-datahub:plugin')
  );
  expect(known).toBe(true);
});
