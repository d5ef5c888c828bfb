/** Some cells and genes of a file, chosen in its preview and put into a kernel. */
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { problems } from './axe';
import { expect, loaded, test } from './datahub';

/** What is asked of a transfer here. */
interface ITransfer {
  id: string;
  ref: string;
  state: string;
  path: string;
}

/** Draw around the middle of a picture. */
async function lasso(
  page: IJupyterLabPageFixture,
  canvas: Locator
): Promise<void> {
  const { x, y, width, height } = (await canvas.boundingBox())!;
  for (let step = 0; step <= 12; step++) {
    const turn = (step / 12) * 2 * Math.PI;
    await page.mouse.move(
      x + width * (0.5 + 0.45 * Math.cos(turn)),
      y + height * (0.5 + 0.48 * Math.sin(turn))
    );
    if (step === 0) {
      await page.mouse.down();
    }
  }
  await page.mouse.up();
}

test('cells are chosen in the legend, in the picture and in words, and loaded', async ({
  page,
  sidebar,
  backstage
}) => {
  await page.notebook.createNew();
  await sidebar.open();
  const view = await sidebar.openPage('PBMC 68k, reduced');
  const preview = view.getByRole('region', { name: 'Preview' });
  await preview.getByRole('button', { name: 'Preview' }).click();
  const legend = preview.getByRole('listbox', { name: 'Cells by cell_type' });
  const selection = preview.getByRole('region', { name: 'Selection' });
  const where = selection.getByRole('textbox', { name: 'Cells where' });
  const counted = selection.getByRole('row', { name: /^Selection \d/ });
  const load = selection.getByRole('button', { name: 'Load selection' });

  await legend.getByRole('option', { name: /^B cell/ }).click();
  await legend.getByRole('option', { name: /^CD14-positive/ }).click();
  await expect(where).toHaveValue(
    "cell_type in ['B cell', 'CD14-positive monocyte']"
  );
  await expect(counted).toContainText('224');

  await preview.getByRole('radio', { name: 'Lasso' }).click();
  await lasso(page, preview.locator('canvas'));
  await expect(where).toHaveValue(/ and within\(X_umap, \(/);
  await expect(counted).not.toContainText('224');
  expect(await problems(page, '.jp-DataHub-page')).toEqual([]);
  await preview.locator('canvas').focus();
  await page.keyboard.press('Escape');
  await expect(where).not.toHaveValue(/within/);

  await where.fill("cell_typ == 'B cell'");
  await expect(selection).toContainText('Did you mean cell_type');
  await expect(load).toBeDisabled();

  await where.fill("cell_type == 'B cell' and percent_mito < 0.0155");
  await expect(
    selection.getByRole('list', { name: 'Active filters' }).getByRole('listitem')
  ).toHaveCount(2);
  await selection
    .getByRole('combobox', { name: 'Genes' })
    .fill('CD79A, MS4A1 NOGENE');
  await expect(selection).toContainText('1 gene is not in the file: NOGENE');
  await selection.getByRole('button', { name: 'Remove it' }).click();
  await expect(load).toBeEnabled();
  await load.click();
  await expect(loaded(page)).toContainText('× 2', { timeout: 60_000 });

  // The same, of the whole file in the kernel's memory.
  const list = (): Promise<{ transfers: ITransfer[] }> =>
    backstage.api('GET', 'datahub/transfers');
  const [{ ref }] = (await list()).transfers;
  const { id } = await backstage.api<ITransfer>('POST', 'datahub/transfers', {
    ref
  });
  const file = async (): Promise<string> =>
    (await list()).transfers.find(
      each => each.id === id && each.state === 'done'
    )?.path ?? '';
  await expect.poll(file).not.toBe('');
  await page.notebook.addCell('code', compared(await file()));
  await page.notebook.runCell((await page.notebook.getCellCount()) - 1);
  await expect(
    page.locator('.jp-OutputArea-output').filter({ hasText: /^alike:/ })
  ).toHaveText('alike: True True True True');
});

/** Python that compares what was loaded with a part of a file. */
function compared(path: string): string {
  return [
    'import anndata, numpy',
    'part = [each for name, each in globals().items()',
    "        if isinstance(each, anndata.AnnData) and not name.startswith('_')][0]",
    `whole = anndata.read_h5ad(${JSON.stringify(path)})`,
    "cells = (whole.obs.cell_type == 'B cell') & (whole.obs.percent_mito < 0.0155)",
    'same = whole[cells.to_numpy(), part.var_names]',
    'dense = lambda x: x.toarray() if hasattr(x, "toarray") else numpy.asarray(x)',
    "print('alike:', numpy.array_equal(dense(part.X), dense(same.X)),",
    '      part.obs.astype(str).equals(same.obs.astype(str)),',
    '      part.var.astype(str).equals(same.var.astype(str)),',
    "      sorted(part.var.feature_name.astype(str)) == ['CD79A', 'MS4A1'])"
  ].join('\n');
}
