/** What a dataset's page shows of a file that is not here. */
import type { Locator } from '@playwright/test';

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { problems } from './axe';
import { expect, loaded, test } from './datahub';

/** Writes a Loom file of 60 cells by 5 genes with a picture, in three groups. */
const WRITE_LOOM = `
import sys
from pathlib import Path
import numpy as np
from jupyterlab_datahub.demo.hca.loom import write_loom

cells, genes = np.arange(60), np.array(["CD19", "CD3D", "CD8A", "LYZ", "NKG7"], dtype=object)
write_loom(
    Path(sys.argv[1]),
    (np.outer(np.arange(5), cells) % 4).astype(np.float32),
    rows={"Gene": genes},
    columns={
        "CellID": np.array([f"cell {n}" for n in cells], dtype=object),
        "group": np.array(list("abc"), dtype=object)[cells % 3],
        "n_genes": cells.astype(np.float32),
        "_X": np.cos(cells * 2.1) + cells / 200,
        "_Y": np.sin(cells * 2.1) + cells / 200,
    },
    attributes={},
)
`;

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

test('a Loom file shows its cells, of which some are chosen once it is converted', async ({
  page,
  backstage
}, testInfo) => {
  const file = testInfo.outputPath('groups.loom');
  execFileSync('python', ['-c', WRITE_LOOM, file]);
  const mine = 'api/contents/my-data/groups.loom';
  await backstage.api('PUT', mine, {
    type: 'file',
    format: 'base64',
    content: readFileSync(file).toString('base64')
  });
  const open = async (ref: string): Promise<Locator> => {
    await page.goto(`?datahub=${encodeURIComponent(ref)}`);
    return page
      .locator('.jp-DataHub-page:visible')
      .getByRole('region', { name: 'Preview' });
  };

  const preview = await open('folder:folder/groups.loom');
  await expect(preview).toContainText('60 cells × 5 genes');
  await expect(preview).toContainText('is converted once, to “groups.h5ad”');
  const picture = preview.getByRole('img', { name: /^60 cells in _X, _Y/ });
  await preview.getByRole('button', { name: 'group', exact: true }).click();
  const legend = preview.getByRole('list', { name: 'Cells by group' });
  await expect(legend.getByRole('listitem')).toHaveText(['a20', 'b20', 'c20']);
  await expect.poll(() => colours(picture)).toBeGreaterThan(3);

  for (const name of ['What dragging does', 'Selection', 'Box in _X, _Y']) {
    await expect(preview.getByLabel(name)).toHaveCount(0);
  }
  await expect(preview.getByText('Box by numbers')).toHaveCount(0);
  await expect(preview.getByRole('listbox')).toHaveCount(0);
  const table = preview.getByRole('table', { name: 'Columns of obs' });
  // What colours the cells by a column is the only thing to press.
  expect(await table.getByRole('button').allTextContents()).toEqual(
    await table.getByRole('rowheader').allTextContents()
  );
  await picture.focus();
  await page.keyboard.press('b');
  await expect(picture).toHaveClass(/jp-mod-move/);
  expect(await problems(page, '.jp-DataHub-page')).toEqual([]);

  // What it becomes takes its place, with all that chooses.
  await page.notebook.createNew();
  await page.getByRole('main').getByRole('tab', { name: /groups/ }).click();
  await preview.getByRole('button', { name: 'Convert' }).click();
  await expect(preview).toContainText(
    'read from “groups.h5ad”, which it was converted to',
    { timeout: 60_000 }
  );
  const groups = preview.getByRole('listbox', { name: 'Cells by group' });
  await groups.getByRole('option', { name: /^a/ }).click();
  const selection = preview.getByRole('region', { name: 'Selection' });
  await expect(
    selection.getByRole('row', { name: /^Selection \d/ })
  ).toContainText('20');
  expect(await problems(page, '.jp-DataHub-page')).toEqual([]);
  await selection.getByRole('button', { name: 'Load selection' }).click();
  await expect(loaded(page)).toContainText('20 × 5', { timeout: 60_000 });
  await backstage.api('DELETE', mine);

  // One on a host is looked into there.
  const { hits } = await backstage.api<{ hits: { ref: string }[] }>(
    'GET',
    'datahub/sources/hca/search?text=pancreatic%20islets&limit=1'
  );
  const other = await open(hits[0].ref);
  await other
    .getByRole('combobox', { name: 'File', exact: true })
    .selectOption('pancreas-islets-human-SS2.loom');
  await other.getByRole('button', { name: 'Preview' }).click();
  await expect(other).toContainText(/fetched .* of /);
  await expect(other).toContainText('“pancreas-islets-human-SS2.h5ad”');
  await expect(
    other.getByRole('term').filter({ hasText: 'layers/estimated_counts' })
  ).toBeVisible();
});
