/** What a store keeps: long lists, single files, datasets in the archive, rows that are dragged. */
import type { APIRequestContext } from '@playwright/test';

import { expect, loaded, STORE, test as base } from './datahub';

const PLATES = '/LAB/SC/PLATES';

/** Ask the V3 API of an openBIS. */
async function call<T>(
  request: APIRequestContext,
  url: string,
  method: string,
  ...params: unknown[]
): Promise<T> {
  const response = await request.post(
    `${url}/openbis/openbis/rmi-application-server-v3.json`,
    { data: { method, params, id: '1', jsonrpc: '2.0' } }
  );
  const { result, error } = (await response.json()) as {
    result: T;
    error?: { message: string };
  };
  expect(error).toBeUndefined();
  return result;
}

const test = base.extend<{
  /** Makes a collection of so many objects, which is gone after the test. */
  plates: (count: number) => Promise<void>;
}>({
  plates: async ({ request, backstage }, use) => {
    const { url } = await backstage.openbis();
    const token = await call<string>(request, url, 'login', 'admin', 'admin');
    const id = {
      '@type': 'as.dto.experiment.id.ExperimentIdentifier',
      identifier: PLATES
    };
    const type = (permId: string): object => ({
      '@type': 'as.dto.entitytype.id.EntityTypePermId',
      permId
    });
    await use(async count => {
      await call(request, url, 'createExperiments', token, [
        {
          '@type': 'as.dto.experiment.create.ExperimentCreation',
          typeId: type('COLLECTION'),
          projectId: {
            '@type': 'as.dto.project.id.ProjectIdentifier',
            identifier: '/LAB/SC'
          },
          code: 'PLATES',
          properties: { $NAME: 'Plates of the screen' }
        }
      ]);
      const samples = Array.from({ length: count }, (_, index) => ({
        '@type': 'as.dto.sample.create.SampleCreation',
        typeId: type('UNKNOWN'),
        spaceId: { '@type': 'as.dto.space.id.SpacePermId', permId: 'LAB' },
        projectId: {
          '@type': 'as.dto.project.id.ProjectIdentifier',
          identifier: '/LAB/SC'
        },
        experimentId: id,
        code: `PLATE_${String(index + 1).padStart(3, '0')}`
      }));
      await call(request, url, 'createSamples', token, samples);
    });
    const options = {
      '@type': 'as.dto.experiment.delete.ExperimentDeletionOptions',
      reason: 'end of the test'
    };
    await call(request, url, 'deleteExperiments', token, [id], options);
  }
});

/** "Pilot of 2019" of the demo, which is in the archive. */
const ARCHIVED = '20190503080000000-14';

test('a dataset in the archive is brought back, then downloaded', async ({
  page,
  sidebar,
  backstage
}) => {
  await backstage.connect();
  await backstage.store({ archive: [ARCHIVED], archiving_seconds: 2 });
  await sidebar.open();
  const tree = await sidebar.walk('LAB', 'SC', 'PBMC, healthy');
  const row = tree.getByRole('treeitem', { name: /^Pilot of 2019/ });
  await expect(row).toContainText('archived');
  await row.dblclick();
  const view = page.locator('.jp-DataHub-page:visible');
  const notice = view.locator('.jp-DataHub-notice.jp-mod-warning');
  await expect(notice).toContainText(
    'The files of this dataset are in the archive of openBIS lab (demo)'
  );
  const download = view.getByRole('button', { name: /^Download/ });
  await expect(download).toBeDisabled();
  await expect(
    view.getByRole('button', { name: 'Load in notebook' })
  ).toBeDisabled();

  await notice.getByRole('button', { name: 'Bring them back' }).click();
  await expect(notice).toContainText('brings the files of this dataset back');
  await expect(async () => {
    await notice.getByRole('button', { name: 'Look again' }).click();
    await expect(notice).toHaveCount(0, { timeout: 1000 });
  }).toPass({ timeout: 20_000 });
  await download.click();
  await expect(view.getByRole('button', { name: 'Show in library' })).toBeVisible(
    { timeout: 20_000 }
  );
});

test('the first hundred of many show, and then the others', async ({
  page,
  sidebar,
  backstage,
  plates
}) => {
  await backstage.connect();
  await plates(130);
  await sidebar.open();
  const tree = await sidebar.walk('LAB', 'SC', 'Plates of the screen');
  const nodes = tree.getByRole('treeitem', { name: /^PLATE_\d+/ });
  await expect(nodes).toHaveCount(100);
  const more = tree.getByRole('treeitem', { name: 'Show 30 more (30 left)' });
  await tree.focus();
  await page.keyboard.press('End');
  await more.scrollIntoViewIfNeeded();
  await more.click();
  await expect(nodes).toHaveCount(130);
  await expect(more).toHaveCount(0);
  await expect(nodes.last()).toHaveAttribute('aria-setsize', '130');
});

test('the files that are ticked come, and no others', async ({
  page,
  sidebar,
  backstage
}) => {
  await backstage.connect();
  await sidebar.open();
  const tree = await sidebar.walk('LAB', 'SC', 'PBMC, healthy');
  await tree.getByRole('treeitem', { name: /^Names, with/ }).dblclick();
  const view = page.locator('.jp-DataHub-page:visible');
  const names = ['#1 of 2.txt', '细胞.txt'];
  for (const name of names) {
    await view.getByLabel(name, { exact: true }).check();
  }
  await view.getByRole('button', { name: /^Download 2 files/ }).click();
  for (const name of names) {
    const row = view.getByRole('row').filter({ hasText: name });
    await expect(row).toContainText('✓ yes', { timeout: 20_000 });
  }
  await expect(view.getByText('✓ yes')).toHaveCount(2);
  const transfers = await sidebar.unfold('Transfers');
  await expect(transfers.getByRole('listitem')).toHaveCount(2);
  await expect(transfers.getByText(/^done/)).toHaveCount(2);
});

test('a dataset is dragged out of the tree into a notebook', async ({
  page,
  sidebar,
  backstage
}) => {
  await backstage.connect();
  await page.notebook.createNew();
  await page.notebook.setCell(0, 'code', '"first"');
  await sidebar.open();
  const tree = await sidebar.walk('LAB', 'SC', 'PBMC, healthy');
  const row = tree.getByRole('treeitem', { name: /^Counts of ten/ });
  await row.locator('.jp-DataHub-treeTitle').hover();
  await page.mouse.down();
  const cell = page.locator('.jp-CodeCell').first();
  const box = (await cell.boundingBox())!;
  await page.mouse.move(box.x + 200, box.y + box.height - 12, { steps: 4 });
  await page.mouse.move(box.x + 200, box.y + box.height - 4, { steps: 2 });
  await expect(cell).toHaveClass(/jp-DataHub-dropBelow/);
  await page.mouse.up();
  await expect(loaded(page)).toContainText('40 × 10', { timeout: 30_000 });
  const cells = page.locator('.jp-CodeCell .jp-InputArea');
  await expect(cells).toHaveCount(2);
  await expect(cells.nth(0)).toContainText('"first"');
  await expect(cells.nth(1)).toContainText('counts_of_ten_genes');
});

test('in a low window results show above the tree, those of a store too', async ({
  page,
  sidebar,
  backstage
}) => {
  await page.setViewportSize({ width: 1000, height: 600 });
  await backstage.connect();
  await sidebar.open();
  await sidebar.walk('LAB', 'SC', 'PBMC, healthy');
  await sidebar.search('pbmc');
  const below = sidebar.root.getByRole('listbox', {
    name: `Datasets of ${STORE}`
  });
  await expect(sidebar.rows.first()).toBeInViewport({ ratio: 0.6 });
  // What the stores found is further down, and a line at the lower edge leads there.
  await sidebar.root.getByRole('button', { name: / in openBIS lab/ }).click();
  await expect(
    sidebar.root.getByRole('listbox', { name: /^Datasets of / }).getByRole('option').first()
  ).toBeInViewport({ ratio: 0.6 });
  await below.getByRole('option').first().scrollIntoViewIfNeeded();
  await expect(below.getByRole('option').first()).toBeInViewport({ ratio: 0.6 });
  for (const section of ['Browse', 'Transfers', 'Library']) {
    await expect(
      sidebar.root.getByRole('button', { name: new RegExp('^' + section) })
    ).toBeInViewport({ ratio: 1 });
  }
});
