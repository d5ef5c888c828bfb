/** A tissue atlas: its studies, their stories, and its files that lie in buckets. */
import { problems } from './axe';
import { expect, loaded, SYNAPSE, test } from './datahub';

const PICTURES = 'test-results/atlas';
const SYNAPSE_PICTURES = 'test-results/synapse';

test('from a study and its stories to the cells of its image in the kernel', async ({
  page,
  sidebar
}) => {
  await page.notebook.createNew();
  await sidebar.open();
  await sidebar.search('tonsil six colours');
  await expect(sidebar.row('A tonsil in six colours')).toContainText(
    '3 stories'
  );
  const view = await sidebar.openPage('A tonsil in six colours');
  await expect(view.getByText('Sato K, Reyes M').first()).toBeVisible();
  await expect(
    view.getByRole('link', { name: 'doi:10.5555/demo.2026.1' })
  ).toBeVisible();

  const stories = view.getByRole('list', { name: 'Stories' });
  await expect(stories.getByRole('listitem')).toHaveCount(3);
  const first = stories.getByRole('link', { name: /A walk through a tonsil/ });
  await expect(first).toHaveAttribute('target', '_blank');
  await expect(first).toHaveAttribute('rel', /noopener/);
  await expect(first).toHaveAttribute('href', /\/data\/tonsil-walk$/);
  const picture = first.getByRole('img');
  await expect(picture).toHaveAttribute(
    'alt',
    'Thumbnail of “A walk through a tonsil”'
  );
  await expect
    .poll(() =>
      picture.evaluate(image => (image as HTMLImageElement).naturalWidth)
    )
    .toBeGreaterThan(0);
  await expect(stories.getByText('Narrated')).toBeVisible();
  await expect(view.getByRole('cell', { name: 'about 26 MB' })).toBeVisible();
  expect(await problems(page, '.jp-DataHub-page:not(.lm-mod-hidden)')).toEqual(
    []
  );
  await page.screenshot({ path: `${PICTURES}/light.png` });

  await view.getByRole('button', { name: /^Load quantification/ }).click();
  await expect(loaded(page)).toContainText("obsm: 'spatial'", {
    timeout: 60_000
  });

  // What the table became shows the cells where they are in the tissue.
  await page.getByRole('main').getByRole('tab', { name: /A tonsil/ }).click();
  const preview = view.getByRole('region', { name: 'Preview' });
  await expect(preview).toContainText(/_cell\.h5ad”, which it was converted to/);
  await expect(
    preview.getByRole('img', { name: /cells in spatial/ })
  ).toBeVisible();
  await expect(preview.getByRole('radio', { name: 'Lasso' })).toBeVisible();
  expect(await problems(page, '.jp-DataHub-page:not(.lm-mod-hidden)')).toEqual(
    []
  );
});

test('each file says who may have it and what to do, and a host of pictures may be down', async ({
  page,
  sidebar,
  backstage
}) => {
  await page.theme.setDarkTheme();
  await sidebar.open();
  const lung = await sidebar.openPage('Heterogeneity inside lung');
  await expect(lung.getByText('about 90.6 GB')).toBeVisible();
  await expect(
    lung.getByRole('link', { name: 'https://www.synapse.org' }).first()
  ).toBeVisible();
  await page.screenshot({ path: `${PICTURES}/dark.png` });

  const paid = await sidebar.openPage('Immune borders in thin melanoma');
  await paid
    .getByRole('button', { name: /^Open DMEL02-1-features.zip in Buckets/ })
    .click();
  await expect(
    page
      .locator('.jp-DataHub-page:visible')
      .getByRole('heading', { level: 1, name: 'DMEL02-1-features.zip' })
  ).toBeVisible();
  await expect(page.locator('.jp-DataHub-page:visible')).toContainText(
    'Buckets (demo)'
  );

  await backstage.faults({
    kind: 'status',
    host: 'tissue-atlas',
    path: '/images/*',
    status: 503,
    times: 1000
  });
  await page.setViewportSize({ width: 760, height: 900 });
  const hearts = await sidebar.openPage('Quist heart');
  await expect(hearts.getByText('Thumbnail not available')).toHaveCount(2, {
    timeout: 30_000
  });
  await expect(
    hearts.getByRole('link', { name: /^Left heart|Left heart/ })
  ).toHaveAttribute('href', /\/data\/heart-left$/);
  await expect(hearts.getByRole('note', { name: 'Access' })).toContainText(
    'Its stories can be looked at'
  );
  await page.screenshot({ path: `${PICTURES}/down.png` });
});

test('what Synapse gives to registered users is one token away', async ({
  page,
  sidebar,
  backstage
}) => {
  await sidebar.open();
  const lung = await sidebar.openPage('Heterogeneity inside lung');
  await lung
    .getByRole('button', { name: `Open Q101 markers.csv in ${SYNAPSE}` })
    .click();
  const file = page.locator('.jp-DataHub-page:visible');
  await expect(file.getByText(/You are not connected to Synapse/)).toBeVisible();
  await page.screenshot({ path: `${SYNAPSE_PICTURES}/stranger.png` });

  await file.getByRole('button', { name: `Connect to ${SYNAPSE}` }).click();
  const dialog = page.getByRole('dialog', { name: 'Connections' });
  await dialog.getByLabel('Personal access token *').fill('a.b.c');
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('Invalid access token');
  await page.screenshot({ path: `${SYNAPSE_PICTURES}/refused.png` });
  await dialog
    .getByLabel('Personal access token *')
    .fill(await backstage.synapseToken());
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
  const row = dialog.getByRole('listitem').filter({ hasText: SYNAPSE });
  await expect(row).toContainText('connected as demo-scientist');
  await page.screenshot({ path: `${SYNAPSE_PICTURES}/connected.png` });
  await dialog.getByRole('button', { name: 'Done' }).click();

  await expect(
    file.getByRole('heading', { level: 1, name: 'markers.csv' })
  ).toBeVisible();
  await sidebar.walk('Synapse', 'Blood cells', 'Cells, folder');
  await sidebar.tree.getByRole('treeitem', { name: /^annotated/ }).click();
  await expect(
    file.getByRole('heading', { level: 1, name: 'annotated.h5ad' })
  ).toBeVisible();
  await expect(file.getByText('Homo sapiens').first()).toBeVisible();
  await page.screenshot({ path: `${SYNAPSE_PICTURES}/file.png` });
  await page.theme.setDarkTheme();
  await page.screenshot({ path: `${SYNAPSE_PICTURES}/dark.png` });
  await page.setViewportSize({ width: 760, height: 900 });
  await page.screenshot({ path: `${SYNAPSE_PICTURES}/narrow.png` });
});
