/** Connections over their life: renewed, revoked, deleted, and certificates nobody has signed. */
import type { Locator } from '@playwright/test';

import { expect, openConnections, STORE, test, toast } from './datahub';

/** Fill in who we are, and connect. */
async function logIn(dialog: Locator): Promise<void> {
  const user = dialog.getByRole('textbox', { name: 'User' });
  if ((await user.inputValue()) === '') {
    await user.fill('scientist');
  }
  await dialog.getByLabel('Password *').fill('demo-scientist');
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
}

test('a session that ends in the middle is renewed in place, and nothing is lost', async ({
  page,
  sidebar,
  backstage
}) => {
  await backstage.connect();
  await page.notebook.createNew();
  await sidebar.open();
  const tree = await sidebar.walk('LAB', 'SC', 'PBMC, healthy');
  for (const name of [/^Plate images/, /^CD14/, /^Counts of ten/]) {
    await tree
      .getByRole('treeitem', { name })
      .locator('.jp-DataHub-tick')
      .click();
  }
  // Until the fault is cleared no file comes.
  await backstage.faults({
    kind: 'stall',
    host: 'openbis',
    path: '/datastore_server/file-transfer*',
    times: 1000
  });
  await sidebar.root.getByRole('button', { name: 'Download 3 ticked' }).click();
  const transfers = await sidebar.unfold('Transfers');
  await expect(transfers.getByRole('progressbar')).toHaveCount(3);
  await backstage.store({ expire: true });
  await backstage.faults();

  const told = toast(page, 'connect again');
  await expect(told).toContainText(
    /^The session at openBIS lab \(demo\) has ended \(127\.0\.0\.1:\d+\): connect again, and the transfers go on\./
  );
  await expect(transfers.getByText(/^waits until you connect again/)).toHaveCount(3);
  await expect(told).toHaveCount(1);

  await told.getByRole('button', { name: 'Connect again' }).click();
  const dialog = page.getByRole('dialog', { name: 'Connections' });
  await expect(dialog.getByText('session expired')).toBeVisible();
  await expect(dialog.getByLabel('Password *')).toBeFocused();
  await page.keyboard.type('demo-scientist');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText(`${STORE}: connected as scientist.`)).toBeVisible();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(told).toHaveCount(0);
  await expect(transfers.getByText(/^done/)).toHaveCount(3, { timeout: 20_000 });
});

test('a token of one\'s own making is kept, shown, revoked, and taken back', async ({
  page,
  sidebar,
  backstage
}) => {
  await page.notebook.createNew();
  await sidebar.open();
  const dialog = await openConnections(page);
  await dialog.getByRole('button', { name: `Connect to ${STORE}` }).click();
  await dialog.getByLabel('Valid for (days)').fill('0');
  await logIn(dialog);
  await expect(dialog.getByRole('alert')).toHaveText('Enter a whole number of days.');
  await dialog.getByLabel('Valid for (days)').fill('7');
  await logIn(dialog);
  await expect(dialog.getByText(/personal access token · valid until/)).toBeVisible();
  const { method, expires } = await backstage.openbis();
  expect(method).toBe('personal access token');
  const days = (Date.parse(expires) - Date.now()) / 86_400_000;
  expect(Math.round(days)).toBe(7);
  expect(await backstage.store()).toBe(1);

  await backstage.store({ revoke: true });
  await dialog.getByRole('button', { name: 'Done' }).click();
  await sidebar.walk('LAB');
  await expect(
    sidebar.root.getByRole('treeitem', { name: /token no longer valid/ })
  ).toBeVisible();
  await openConnections(page);
  const row = dialog.getByRole('listitem').filter({ hasText: STORE });
  await expect(row).toContainText('token no longer valid');
  await expect(row).toContainText(
    'The personal access token for openBIS lab (demo) has expired or was revoked'
  );
  await expect(row).not.toContainText('valid until');

  await row.getByRole('button', { name: `Connect to ${STORE}` }).click();
  await logIn(dialog);
  await expect(row).toContainText('connected as scientist');
  expect(await backstage.store()).toBe(1);
  await row.getByRole('button', { name: `Disconnect from ${STORE}` }).click();
  await expect(row).toContainText('not connected');
  await expect(row).not.toContainText('stays valid');
  expect(await backstage.store()).toBe(0);
});

test('a connection is deleted once that is confirmed', async ({
  page,
  sidebar,
  backstage
}) => {
  const { url } = await backstage.openbis();
  const title = 'Second openBIS';
  await backstage.api('PUT', 'datahub/connections/second', {
    title,
    url,
    user: 'reader',
    password: 'demo-reader'
  });
  await page.notebook.createNew();
  await sidebar.open();
  const tree = await sidebar.unfold('Browse');
  const node = tree.getByRole('treeitem', { name: /^Second openBIS/ });
  const chip = sidebar.root.getByRole('button', { name: /^Second openBIS/ });
  await expect(node).toBeVisible();
  await expect(chip).toBeVisible();

  const dialog = await openConnections(page);
  const remove = dialog.getByRole('button', {
    name: 'Delete the connection to Second openBIS'
  });
  await remove.click();
  const question = page.getByRole('dialog').filter({ hasText: 'Delete the connection' });
  await expect(question.getByRole('button', { name: 'Keep it' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(question).toBeHidden();
  await expect(remove).toBeVisible();
  await remove.click();
  await question.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(remove).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(node).toHaveCount(0);
  await expect(chip).toHaveCount(0);
});

test('a certificate that nobody has signed', async ({ page, sidebar, backstage }) => {
  const { url, ca_bundle } = await backstage.secure();
  await page.notebook.createNew();
  await sidebar.open();
  const dialog = await openConnections(page);
  const fill = async (name: string): Promise<void> => {
    await dialog.getByRole('button', { name: 'New connection' }).click();
    await dialog.getByLabel('Name *').fill(name);
    await dialog.getByLabel('Address').fill(url);
    await logIn(dialog);
  };
  await fill('Own certificate');
  const bundle = dialog.getByLabel('CA bundle');
  await expect(dialog.getByRole('alert')).toContainText(/certificate.*127\.0\.0\.1/);
  await expect(dialog.getByRole('alert')).toContainText('CA bundle');
  await expect(bundle).toBeVisible();
  await expect(bundle).toBeFocused();

  await bundle.fill('/not/there.pem');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('does not exist');
  await bundle.fill(ca_bundle);
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('Own certificate: connected as scientist.')).toBeVisible();
  await expect(dialog.getByText(/is not (checked|verified)/)).toHaveCount(0);

  await fill('Unverified');
  await expect(bundle).toBeFocused();
  await dialog.getByLabel('Verify the certificate').uncheck();
  await expect(dialog.getByText('The certificate is not verified.')).toBeVisible();
  await logIn(dialog);
  const row = dialog.getByRole('listitem').filter({ hasText: 'Unverified' });
  await expect(row).toContainText('connected as scientist');
  await expect(row.getByText(/certificate of this server is not checked/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Done' }).click();
  const tree = await sidebar.unfold('Browse');
  await expect(tree.getByRole('treeitem', { name: /^LAB/ })).toHaveCount(2);
});
