import { expect, ME, STORE, test, toast } from './datahub';

test('connect, fail to, and connect', async ({ page, sidebar, backstage }) => {
  await page.notebook.createNew();
  await page
    .locator('.jp-NotebookPanel-toolbar [data-command="datahub:connections"]')
    .click();
  const dialog = page.getByRole('dialog', { name: 'Connections' });
  await dialog.getByRole('button', { name: `Connect to ${STORE}` }).click();
  const { url } = await backstage.openbis();
  await expect(dialog.getByLabel('Address')).toHaveValue(url);
  await dialog.getByRole('textbox', { name: 'User' }).fill('scientist');
  await dialog.getByLabel('Password *').fill('not the one');
  await page.keyboard.press('Enter');
  const problem = dialog.getByRole('alert');
  await expect(problem).toContainText(/password/i);
  await expect(dialog.getByLabel('Password *')).toHaveValue('not the one');
  await expect(dialog.getByLabel('Password *')).toBeFocused();

  await dialog.getByLabel('Password *').fill('demo-scientist');
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(
    dialog.getByText(`${STORE}: connected as scientist.`)
  ).toBeVisible();
  await expect(dialog.getByText(/personal access token · valid until/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await sidebar.open();
  const tree = await sidebar.unfold('Browse');
  await expect(tree.getByRole('treeitem', { name: /^LAB/ })).toBeVisible();

  await sidebar.root
    .locator('.jp-DataHub-toolbar [data-command="datahub:connections"]')
    .click();
  await dialog.getByRole('button', { name: `Disconnect from ${STORE}` }).click();
  const store = dialog.getByRole('listitem').filter({ hasText: STORE });
  await expect(store.getByText('not connected')).toBeVisible();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(tree.getByRole('treeitem', { name: /^LAB/ })).toBeHidden();
});

test('a server that is not there is said beside its address', async ({
  page
}) => {
  await page.notebook.createNew();
  await page
    .locator('.jp-NotebookPanel-toolbar [data-command="datahub:connections"]')
    .click();
  const dialog = page.getByRole('dialog', { name: 'Connections' });
  await dialog.getByRole('button', { name: 'New connection' }).click();
  await dialog.getByLabel('Name *').fill('Nobody');
  await dialog.getByLabel('Address').fill('http://127.0.0.1:9');
  await dialog.getByRole('textbox', { name: 'User' }).fill('ada');
  await dialog.getByLabel('Password *').fill('x');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('127.0.0.1:9', {
    timeout: 30_000
  });
  await expect(dialog.getByLabel('Address')).toBeFocused();
  await expect(dialog.getByLabel('Name *')).toHaveValue('Nobody');
});

test('browse by the keyboard, tick, and open', async ({
  page,
  sidebar,
  backstage
}) => {
  await backstage.connect();
  // The launcher of a fresh page takes the focus when it is ready; a notebook comes after it.
  await page.notebook.createNew();
  await sidebar.open();
  // Opening the sidebar puts the cursor there, which may take its time.
  await expect(sidebar.field).toBeFocused();
  const tree = await sidebar.unfold('Browse');
  await tree.focus();
  // Each key is for the row that the last one led to, which a busy machine may show late.
  const at = async (name: RegExp): Promise<void> =>
    expect(tree.getByRole('treeitem', { name })).toHaveClass(/jp-mod-active/);
  await expect(tree.getByRole('treeitem', { name: /^LAB/ })).toBeVisible();
  await page.keyboard.press('l');
  await at(/^LAB/);
  await page.keyboard.press('ArrowRight');
  await expect(tree.getByRole('treeitem', { name: /^SC/ })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await at(/^SC/);
  await page.keyboard.press('ArrowRight');
  const collection = tree.getByRole('treeitem', { name: /^PBMC, healthy/ });
  await expect(collection).toBeVisible();
  await page.keyboard.press('p');
  await at(/^PBMC, healthy/);
  await page.keyboard.press('ArrowRight');
  const dataset = tree.getByRole('treeitem', { name: /^Counts of ten genes/ });
  await expect(dataset).toBeVisible();
  await page.keyboard.press('c');
  await at(/^Counts of ten genes/);
  await page.keyboard.press(' ');
  await expect(dataset).toHaveAttribute('aria-selected', 'true');
  await expect(
    sidebar.root.getByRole('button', { name: 'Download 1 ticked' })
  ).toBeVisible();
  await page.keyboard.press('Enter');
  const view = page.locator('.jp-DataHub-page:visible');
  await expect(view.getByRole('heading', { level: 1 })).toHaveText(
    'Counts of ten genes'
  );
  await expect(view.getByRole('heading', { name: 'Properties' })).toBeVisible();
  await expect(view.getByRole('link', { name: 'Open in the ELN' })).toBeVisible();
});

test('the search asks the store too, and shows it below', async ({
  sidebar,
  backstage
}) => {
  await backstage.connect();
  await sidebar.open();
  await sidebar.search('pbmc');
  const below = sidebar.root.getByRole('listbox', {
    name: `Datasets of ${STORE}`
  });
  await expect(below.getByRole('option').first()).toBeVisible();
  await expect(sidebar.rows.first()).toBeVisible();
  await sidebar.root.getByRole('button', { name: /^openBIS lab \(demo\)/ }).first().click();
  await expect(sidebar.rows).toHaveCount(0);
  await expect(below.getByRole('option').first()).toBeVisible();
  await expect(sidebar.root.getByText('No dataset fits all of this')).toBeHidden();
});

test('load, run, save back, find it with its parents, and open it again', async ({
  page,
  sidebar,
  backstage
}) => {
  test.setTimeout(180_000);
  await backstage.connect();
  const title = `T cells, ${Date.now()}`;
  await page.notebook.createNew();
  await sidebar.open();
  await sidebar.search('T cells of PBMC 68k');
  const below = sidebar.root.getByRole('listbox', {
    name: `Datasets of ${STORE}`
  });
  await below.getByRole('option', { name: /^T cells of PBMC/ }).hover();
  await sidebar.root
    .getByRole('toolbar', { name: /^Actions for T cells of PBMC/ })
    .getByRole('button', { name: /^Load/ })
    .last()
    .click();
  await expect(
    page
      .locator('.jp-OutputArea-output')
      .filter({ hasText: 'AnnData object with n_obs' })
  ).toBeVisible({ timeout: 60_000 });

  await page.getByRole('button', { name: /^Save to store/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Save Untitled/ });
  await expect(dialog.getByLabel('Name')).toHaveValue(/^Untitled/);
  await dialog.getByLabel('Name').fill(title);
  await expect(
    dialog.getByRole('list', { name: 'Datasets it was made from' })
  ).toContainText('T cells of PBMC 68k');
  // By the keyboard: what tells of the load may still lie above the button.
  await dialog
    .getByRole('button', { name: `Save to ${STORE}` })
    .press('Enter');
  await expect(dialog.getByRole('alert')).toHaveText(
    'Choose where it belongs.'
  );
  const owner = dialog.getByRole('combobox', { name: 'Belongs to' });
  await expect(owner).toBeFocused();
  await page.keyboard.type('notebooks');
  await expect(
    dialog.getByRole('listbox').getByRole('option').first()
  ).toContainText('/LAB/SC/NOTEBOOKS');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(owner).toHaveValue('/LAB/SC/NOTEBOOKS');
  await dialog
    .getByRole('button', { name: `Save to ${STORE}` })
    .press('Enter');
  await expect(dialog).toBeHidden();
  const saved = toast(page, 'Saved as');
  await expect(saved).toBeVisible({ timeout: 60_000 });

  const tree = await sidebar.walk('LAB', 'SC', 'Notebooks');
  await tree.getByRole('treeitem', { name: new RegExp('^' + title) }).click();
  const view = page.locator('.jp-DataHub-page:visible');
  await expect(view.getByRole('heading', { level: 1 })).toHaveText(title);
  await expect(
    view.getByRole('button', { name: 'T cells of PBMC 68k' })
  ).toBeVisible();
  await view.getByRole('button', { name: 'Open a copy of the notebook' }).click();
  await expect(
    page.locator('.jp-NotebookPanel:visible .jp-CodeCell').first()
  ).toContainText('read_h5ad(', { timeout: 30_000 });
});

test('all that is missing is said at once, beside its field', async ({
  page,
  backstage
}) => {
  await backstage.connect();
  await page.notebook.createNew();
  await page.getByRole('button', { name: /^Save to store/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Save / });
  await dialog.getByLabel('Type *').selectOption('SEQUENCING_RUN');
  await dialog.getByLabel('Number of cells').fill('many');
  await dialog.getByRole('button', { name: `Save to ${STORE}` }).click();
  await expect(dialog.getByRole('alert')).toContainText([
    'Choose where it belongs.',
    'Organism is needed.',
    '“many” is no whole number.'
  ]);
  const organism = dialog.getByRole('combobox', { name: 'Organism' });
  await organism.fill('sapi');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(organism).toHaveValue('Homo sapiens');

  await dialog.getByRole('button', { name: 'Browse' }).click();
  const tree = dialog.getByRole('tree');
  for (const name of [/^LAB/, /^SC/]) {
    await tree.getByRole('treeitem', { name }).click();
  }
  await tree.getByRole('treeitem', { name: /^Notebooks/ }).locator('.jp-DataHub-tick').click();
  await expect(dialog.getByRole('combobox', { name: 'Belongs to' })).toHaveValue(
    '/LAB/SC/NOTEBOOKS'
  );
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: /^Save to store/ }).click();
  await expect(dialog.getByLabel('Number of cells')).toHaveValue('many');
});

test('a link opens a notebook about a dataset', async ({ page, backstage }) => {
  await backstage.connect();
  const { hits } = await backstage.api<{ hits: { ref: string }[] }>(
    'GET',
    'datahub/sources/openbis/search?text=Counts%20of%20ten'
  );
  await page.goto(
    `${ME}/lab?datahub=${encodeURIComponent(hits[0].ref)}&notebook=new`
  );
  await expect(page.locator('.jp-NotebookPanel:visible')).toContainText(
    'Connect to openBIS',
    { timeout: 60_000 }
  );
});
