/** A Gen3 commons: connected to with a key, browsed, and its records in the notebook. */
import { readFileSync } from 'node:fs';

import { problems } from './axe';
import { COMMONS, expect, openConnections, test } from './datahub';

test('a key says where it is of, and lets us in there alone', async ({
  page,
  backstage
}) => {
  const { url, credentials, user } = await backstage.commons();
  await page.notebook.createNew();
  const dialog = await openConnections(page);
  const row = dialog.getByRole('listitem').filter({ hasText: COMMONS });
  await expect(row).toContainText('not connected, open data only');
  await row.getByRole('button', { name: `Connect to ${COMMONS}` }).click();
  const key = dialog.getByLabel('credentials.json');
  const connect = dialog.getByRole('button', { name: 'Connect', exact: true });
  await key.fill('{"api_key": "something"}');
  await expect(dialog.getByRole('alert')).toHaveText(
    'The key in it is not whole; choose the file again.'
  );
  await dialog.getByLabel('File with the key').setInputFiles(credentials);
  await expect(
    dialog.getByText(`This key says it was issued by ${url}.`)
  ).toBeVisible();

  const address = dialog.getByLabel('Address');
  await address.fill('https://other.example.org');
  await expect(dialog.getByText(/The address below is of another server/)).toBeVisible();
  expect(await problems(page, '.jp-DataHub-modal')).toEqual([]);
  await connect.click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await dialog
    .getByRole('button', { name: 'This is my commons: use its address' })
    .click();
  await expect(address).toHaveValue(url);
  await connect.click();
  await expect(row).toContainText(`connected as ${user}`);
  await expect(row).toContainText(/API key · valid until/);
  await expect(row.getByRole('list', { name: 'What you may do there' })).toContainText(
    'Download from'
  );
  const kept = JSON.stringify(await backstage.connections());
  expect(kept).not.toContain(
    (JSON.parse(readFileSync(credentials, 'utf-8')) as { api_key: string }).api_key
  );
  await row.getByRole('button', { name: `Disconnect from ${COMMONS}` }).click();
  await expect(row).toContainText('not connected, open data only');
});

test('records of a project become a data frame in the notebook', async ({
  page,
  sidebar,
  backstage
}) => {
  const { program, project, secret_project } = await backstage.connectCommons();
  await page.notebook.createNew();
  await sidebar.open();
  const tree = await sidebar.walk(`${program}, program`);
  const closed = tree.getByRole('treeitem', { name: new RegExp(`^${secret_project}`) });
  await expect(closed).toBeVisible();
  await sidebar.walk(`${project}, project`);
  const records = tree.getByRole('treeitem', { name: /, records, .*entr/ }).first();
  await expect(records).toHaveAttribute('aria-describedby', /.+/);
  expect(await problems(page, '#jp-DataHub')).toEqual([]);
  await records.click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: 'Download as JSON' })).toBeVisible();
  await page.getByRole('menuitem', { name: 'Load as DataFrame' }).click();
  const cell = page.locator('.jp-Notebook .jp-CodeCell').filter({ hasText: '.tsv' });
  await expect(cell.first()).toBeVisible({ timeout: 30_000 });
  await expect(
    page.locator('.jp-OutputArea-output').filter({ hasText: 'submitter_id' }).first()
  ).toBeVisible({ timeout: 60_000 });
});

test('the files of a manifest arrive, and one that cannot is told', async ({
  page,
  sidebar,
  backstage
}) => {
  await backstage.connectCommons();
  const { hits } = await backstage.api<{
    hits: { id: string; title: string; size: number | null }[];
  }>('GET', 'datahub/sources/gen3/search?entity=files&limit=2');
  const entries = [
    ...hits.map(({ id, title, size }) => ({
      object_id: id,
      file_name: title,
      file_size: size
    })),
    { object_id: '00000000-0000-4000-8000-000000000000', file_name: 'none.tsv' }
  ];
  await page.notebook.createNew();
  await sidebar.open();
  const drop = async (text: string): Promise<void> => {
    const files = await page.evaluateHandle(words => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([words], 'few.json', { type: 'application/json' }));
      return transfer;
    }, text);
    await sidebar.root.dispatchEvent('drop', { dataTransfer: files });
  };
  const dialog = page.getByRole('dialog', { name: 'Download from manifest' });
  await drop('{"files": []}');
  await expect(dialog.getByRole('alert')).toHaveText(
    'This is no manifest: it is no list of files.'
  );
  await expect(dialog.getByRole('button', { name: 'Download' })).toBeDisabled();
  await dialog
    .getByLabel('File with the manifest')
    .setInputFiles({
      name: 'few.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(entries))
    });
  await expect(dialog.getByText(/^3 files, .* in all\.$/)).toBeVisible();
  expect(await problems(page, '.jp-DataHub-modal')).toEqual([]);
  await dialog.getByLabel('Names of the files').selectOption('guid');
  await dialog.getByRole('button', { name: 'Download', exact: true }).click();
  await expect(dialog).toBeHidden();
  const transfers = await sidebar.unfold('Transfers');
  const stands = transfers.getByText(/^2 of 3 files · 1 failed/);
  await expect(stands).toBeVisible({ timeout: 30_000 });
  await transfers.getByText('1 file failed', { exact: true }).click();
  const failures = transfers.locator('.jp-DataHub-failures li');
  await expect(failures).toHaveText([/no record found/]);
  await backstage.forgetRequests();
  await transfers.getByRole('button', { name: /^Retry 1 file/ }).click();
  // Only what failed is asked for again, and fails again.
  const none = '00000000-0000-4000-8000-000000000000';
  await expect.poll(() => backstage.requestsFor(none)).toBeGreaterThan(0);
  await expect(stands).toBeVisible({ timeout: 30_000 });
  expect(await backstage.requestsFor(hits[0].id)).toBe(0);
});

test('a study of thousands of files is scrolled, filtered and ticked as one of few', async ({
  page,
  sidebar,
  backstage
}) => {
  const { hits } = await backstage.api<{ hits: { ref: string }[] }>(
    'GET',
    'datahub/sources/gen3/search?text=5%2C200%20wells&limit=1'
  );
  await sidebar.open();
  await page.evaluate(async ref => {
    const { jupyterapp } = window as unknown as {
      jupyterapp: {
        commands: { execute(id: string, args: object): Promise<unknown> };
      };
    };
    await jupyterapp.commands.execute('datahub:open-dataset', { ref });
  }, hits[0].ref);
  const view = page.locator('.jp-DataHub-page:visible');
  const table = view.getByRole('table');
  await expect(table).toHaveAttribute('aria-rowcount', '5201', {
    timeout: 30_000
  });
  const last = table.getByRole('rowheader', { name: /^reading_5199/ });
  const files = view.getByRole('region', { name: 'Files' });
  await files.focus();
  await expect(async () => {
    await page.keyboard.press('End');
    await expect(last).toBeInViewport({ timeout: 1000 });
  }).toPass();
  expect(await table.getByRole('row').count()).toBeLessThan(700);
  await page.screenshot({ path: 'test-results/gen3/many-end.png' });

  await view.getByLabel('Filter files by name').fill('1');
  const count = view.getByText(/^\d,\d{3} of 5,200 files$/);
  await expect(count).toBeVisible();
  const wanted = (await count.textContent())!.split(' ')[0];
  await view.getByRole('checkbox', { name: 'All files' }).check();
  const bar = view.getByRole('toolbar', { name: 'Actions for the files' });
  await expect(bar.getByText(/^There is room for/)).toBeVisible();
  await page.screenshot({ path: 'test-results/gen3/many-ticked.png' });
  await bar
    .getByRole('button', { name: new RegExp(`^Download ${wanted} files`) })
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(`${wanted} files`);
  await dialog.getByRole('button', { name: 'Download' }).click();
  const transfers = await sidebar.unfold('Transfers');
  await expect(transfers.getByText(new RegExp(`of ${wanted} files`))).toBeVisible(
    { timeout: 30_000 }
  );
  await transfers.getByRole('button', { name: /^Cancel/ }).click();
  await expect(transfers.getByText(/cancelled/)).toBeVisible();
});
