/** Pages of what datasets belong to, and saving notebooks to them. */
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { problems } from './axe';
import { expect, ORIGIN, test, toast, type Backstage, type Sidebar } from './datahub';

const HUB = `http://127.0.0.1:${Number(new URL(ORIGIN).port) + 1}`;
const STORE = 'openBIS lab (demo)';
const SEVEN = 'openBIS 7';
const THEMES = ['JupyterLab Light', 'JupyterLab Dark'];

/** The page of a dataset, or of what datasets belong to, that is in front. */
function inFront(page: IJupyterLabPageFixture): Locator {
  return page.locator('.jp-DataHub-page:visible');
}

function titleOf(view: Locator): Locator {
  return view.getByRole('heading', { level: 1 });
}

/** A notebook of that name in a folder of this test alone, open. */
async function open(
  page: IJupyterLabPageFixture,
  backstage: Backstage,
  path: string
): Promise<void> {
  await backstage.api('PUT', `api/contents/${path}`, {
    type: 'notebook',
    format: 'json',
    content: {
      cells: [],
      // Without a kernel it is asked for one.
      metadata: { kernelspec: { name: 'python3', display_name: 'Python 3' } },
      nbformat: 4,
      nbformat_minor: 5
    }
  });
  await page.evaluate(
    path => window.jupyterapp.commands.execute('docmanager:open', { path }),
    path
  );
  await expect(page.locator('.jp-NotebookPanel:visible')).toBeVisible();
}

/** Open the form of the notebook in front; what takes its time is left out. */
async function form(page: IJupyterLabPageFixture): Promise<Locator> {
  await page.getByRole('button', { name: /^Save to store/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Save / });
  await expect(dialog.getByLabel('Type *')).toBeVisible();
  for (const name of [/^Also as a web page/, /^With the list of/]) {
    await dialog.getByRole('checkbox', { name }).uncheck();
  }
  return dialog;
}

/** What a field offers to complete what is typed. */
function offered(dialog: Locator): Locator {
  return dialog.locator('.jp-DataHub-comboOption:visible');
}

/** Say where a notebook belongs. */
async function own(dialog: Locator, text: string, owner: string): Promise<void> {
  const field = dialog.getByRole('combobox', { name: 'Belongs to' });
  await field.fill(text);
  await dialog
    .getByRole('option', { name: new RegExp('^' + owner) })
    .first()
    .click();
  await expect(field).toHaveValue(owner);
}

function send(dialog: Locator, store = STORE): Promise<void> {
  return dialog.getByRole('button', { name: `Save to ${store}` }).click();
}

async function isActive(node: Locator): Promise<boolean> {
  const classes = await node.getAttribute('class', { timeout: 5000 });
  return (classes ?? '').includes('jp-mod-active');
}

/** Unfold the way to a node of the tree by the keyboard, the cursor on the last. */
async function walk(sidebar: Sidebar, ...names: string[]): Promise<Locator> {
  const tree = await sidebar.unfold('Browse');
  await tree.focus();
  for (const name of names) {
    const node = tree.getByRole('treeitem', { name: new RegExp('^' + name) });
    await expect(node).toBeVisible();
    // What arrives meanwhile may move the rows under the cursor; then from the top again.
    await expect(async () => {
      await tree.press('Home');
      const rows = await tree.getByRole('treeitem').count();
      for (let row = 0; row < rows && !(await isActive(node)); row++) {
        await tree.press('ArrowDown');
      }
      expect(await isActive(node)).toBe(true);
    }).toPass();
    if (name !== names[names.length - 1]) {
      await tree.press('ArrowRight');
    }
  }
  return tree;
}

for (const theme of THEMES) {
  test(`what datasets belong to has pages, ${theme}`, async ({
    page,
    sidebar,
    backstage
  }) => {
    await page.theme.setTheme(theme);
    await backstage.connect();
    await sidebar.open();
    await expect(sidebar.field).toBeFocused();
    const tree = await walk(sidebar, 'LAB', 'SC', 'PBMC, healthy');
    await tree.press('Enter');
    const view = inFront(page);
    await expect(titleOf(view)).toHaveText('PBMC, healthy donors');
    await expect(view).toContainText('/LAB/SC/PBMC');
    await expect(view.getByRole('list', { name: 'Objects' })).toContainText(
      'Donor 1'
    );
    await expect(view.getByText('DEFAULT_EXPERIMENT').first()).toBeVisible();
    await expect(
      view.getByRole('link', { name: 'Open in the ELN' })
    ).toBeVisible();
    await expect(view.getByRole('button', { name: 'Save here' })).toBeVisible();
    expect(await problems(page, '.jp-DataHub-page')).toEqual([]);

    await view.getByRole('button', { name: 'Donor 1' }).click();
    await expect(titleOf(view)).toHaveText('Donor 1');
    await expect(view).toContainText('Homo sapiens');
    await view.getByRole('button', { name: 'PBMC 68k, reduced' }).click();
    await expect(titleOf(view)).toHaveText('PBMC 68k, reduced');
    expect(await problems(page, '.jp-DataHub-page')).toEqual([]);
    await view.getByRole('button', { name: 'Donor 1' }).click();
    await expect(titleOf(view)).toHaveText('Donor 1');
    await view.getByRole('button', { name: 'PBMC, healthy donors' }).click();
    await view.getByRole('button', { name: '/LAB/SC', exact: true }).click();
    await expect(titleOf(view)).toHaveText('SC');
    await expect(view.getByRole('button', { name: 'Save here' })).toBeHidden();
    await view.getByRole('button', { name: 'LAB', exact: true }).click();
    await expect(titleOf(view)).toHaveText('LAB');

    await view.getByRole('button', { name: 'SC', exact: true }).click();
    await view.getByRole('button', { name: 'Notebooks' }).click();
    await expect(view).toContainText(/Nothing yet|Datasets/);
    await view.getByRole('button', { name: 'Show in the tree' }).click();
    await expect(tree).toBeFocused();
    const active = await tree.getAttribute('aria-activedescendant');
    await expect(page.locator(`[id="${active}"]`)).toContainText('Notebooks');
  });
}

test('pages and the form where there is little room', async ({
  page,
  sidebar,
  backstage,
  tmpPath
}) => {
  await backstage.connect();
  await open(page, backstage, `${tmpPath}/Narrow.ipynb`);
  await sidebar.open();
  const tree = await walk(sidebar, 'LAB', 'SC', 'PBMC, healthy');
  await tree.press('Enter');
  const view = inFront(page);
  await expect(titleOf(view)).toBeVisible();
  await page.sidebar.close('left');
  await page.setViewportSize({ width: 386, height: 700 });
  const { width } = (await view.boundingBox())!;
  expect(width).toBeLessThanOrEqual(330);
  const wide = await view.evaluate(node => node.scrollWidth - node.clientWidth);
  expect(wide).toBeLessThanOrEqual(0);
  await view.getByRole('button', { name: 'Save here' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save Narrow.ipynb' });
  await expect(
    dialog.getByRole('combobox', { name: 'Belongs to' })
  ).toHaveValue('/LAB/SC/PBMC');
  await dialog.getByLabel('Type *').selectOption('SEQUENCING_RUN');
  await page.setViewportSize({ width: 320, height: 640 });
  const body = dialog.locator('.jp-DataHub-modalBody');
  expect(
    await body.evaluate(node => node.scrollWidth - node.clientWidth)
  ).toBeLessThanOrEqual(0);
});

test('each kind of property is completed, refused beside its field, and saved', async ({
  page,
  backstage,
  tmpPath
}) => {
  await backstage.connect();
  await open(page, backstage, `${tmpPath}/Run.ipynb`);
  const dialog = await form(page);
  const box = (name: string | RegExp): Locator =>
    dialog.getByRole('textbox', { name });
  await own(dialog, 'notebooks', '/LAB/SC/NOTEBOOKS');
  await dialog.getByLabel('Type *').selectOption('SEQUENCING_RUN');
  await box('Name').fill(`Run of ${tmpPath}`);
  await box('Number of cells').fill('1.5');
  await box('Viability').fill('most');
  const day = dialog.getByLabel('Measured on');
  // The thirtieth of February, as far as the control lets it be typed.
  await day.focus();
  await page.keyboard.type('02302026');
  await box('Protocol').fill('here');
  await box('Settings').fill('<open>');
  await send(dialog);
  await expect(dialog.getByRole('alert')).toContainText([
    'Organism is needed.',
    '“1.5” is no whole number.',
    '“most” is no number',
    'not complete, or in no calendar',
    '“here” is no link',
    'no well-formed XML'
  ]);
  const organism = dialog.getByRole('combobox', { name: 'Organism' });
  await expect(organism).toBeFocused();
  await page.keyboard.type('MUS');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(organism).toHaveValue('Mus musculus');

  await dialog.getByRole('combobox', { name: 'Assays' }).fill('smart');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Another value of Keywords' }).click();
  const keywords = dialog.getByRole('textbox', { name: 'Keywords' });
  await keywords.first().fill('blood');
  await box('Number of cells').fill('700');
  await box('Viability').fill('0.93');
  await dialog.getByLabel('Passed quality control').selectOption('yes');
  await day.fill('2026-03-31');
  await dialog.getByLabel('Sequenced at').fill('2026-03-31T14:30:00');
  await box('Protocol').fill('https://example.org/protocol');
  await box('Settings').fill('<open/>');
  const donor = dialog.getByRole('combobox', { name: 'Donor' });
  await donor.fill('nobody');
  await expect(dialog.getByText('No object of type DONOR')).toBeVisible();
  await send(dialog);
  await expect(dialog.getByRole('alert')).toContainText(['no object']);
  await expect(donor).toBeFocused();
  await donor.fill('dOnOr_1');
  await expect(offered(dialog)).toHaveText([/^\/LAB\/SC\/DONOR_1/]);
  await page.keyboard.press('Enter');
  await expect(donor).toHaveValue('/LAB/SC/DONOR_1');
  await send(dialog);
  await expect(dialog).toBeHidden();

  const saved = toast(page, 'Saved as');
  await expect(saved).toBeVisible({ timeout: 60_000 });
  await saved.getByRole('button', { name: 'Open page' }).press('Enter');
  const view = inFront(page);
  await expect(titleOf(view)).toHaveText(`Run of ${tmpPath}`);
  for (const value of ['Mus musculus', 'Smart-seq2', 'blood', '0.93']) {
    await expect(view).toContainText(value);
  }
  await view.getByRole('button', { name: 'Donor 1' }).click();
  await expect(titleOf(view)).toHaveText('Donor 1');
});

test('by the keyboard alone, with parents, and into the tree', async ({
  page,
  backstage,
  tmpPath
}) => {
  await backstage.connect();
  await open(page, backstage, `${tmpPath}/Keys.ipynb`);
  await page.getByRole('button', { name: /^Save to store/ }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Save Keys.ipynb' });
  await expect(dialog.getByLabel('Type *')).toBeVisible();
  expect(await problems(page, '.jp-DataHub-modal')).toEqual([]);
  const focused = page.locator(':focus');
  const to = async (name: string): Promise<void> => {
    for (let step = 0; step < 30; step++) {
      const label = await focused.evaluate((node: HTMLInputElement) =>
        node.labels?.[0]?.textContent ?? ''
      );
      if (label.includes(name)) {
        return;
      }
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${name}`);
  };
  await to('Belongs to');
  await page.keyboard.type('noteb');
  await expect(offered(dialog)).toHaveText([/^\/LAB\/SC\/NOTEBOOKS/]);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await to('Name');
  await page.keyboard.press('Control+a');
  await page.keyboard.type(`Keys of ${tmpPath}`);
  await to('Made from');
  await page.keyboard.type('Counts of ten');
  await expect(offered(dialog)).toHaveText([/^Counts of ten genes/]);
  await page.keyboard.press('Enter');
  const parents = dialog.getByRole('list', {
    name: 'Datasets it was made from'
  });
  await expect(parents).toContainText('Counts of ten genes');
  await page.keyboard.type('20240115093012345-11');
  await page.keyboard.press('Enter');
  await expect(parents.getByRole('listitem')).toHaveCount(2);
  await to('Also as a web page');
  await page.keyboard.press('Space');
  await to('With the list');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  const saved = toast(page, 'Saved as');
  await expect(saved).toBeVisible({ timeout: 60_000 });
  await saved.getByRole('button', { name: 'Open in tree' }).press('Enter');
  const tree = page.getByRole('tree', { name: 'Stores' });
  await expect(tree).toBeFocused();
  await page.keyboard.press('Enter');
  const view = inFront(page);
  await expect(titleOf(view)).toHaveText(`Keys of ${tmpPath}`);
  await expect(
    view.getByRole('button', { name: 'Counts of ten genes' })
  ).toBeVisible();
});

test('files are picked, one goes away, and the same is saved twice', async ({
  page,
  backstage,
  tmpPath
}) => {
  test.setTimeout(120_000);
  await backstage.connect();
  for (const name of ['plot.csv', 'gone.csv']) {
    await backstage.api('PUT', `api/contents/${tmpPath}/${name}`, {
      type: 'file',
      format: 'text',
      content: 'x\n'
    });
  }
  await open(page, backstage, `${tmpPath}/Files.ipynb`);
  const dialog = await form(page);
  await dialog.getByRole('button', { name: 'Browse' }).click();
  const tree = dialog.getByRole('tree');
  for (const name of [/^LAB/, /^SC/]) {
    await tree.getByRole('treeitem', { name }).click();
  }
  await tree
    .getByRole('treeitem', { name: /^Notebooks/ })
    .locator('.jp-DataHub-tick')
    .click();
  await dialog.getByRole('button', { name: 'Add files…' }).click();
  const picker = page.locator('.jp-Dialog');
  for (const name of ['gone.csv', 'plot.csv']) {
    await picker
      .locator('.jp-DirListing-item')
      .filter({ hasText: name })
      .click({ modifiers: name === 'plot.csv' ? ['Control'] : [] });
  }
  await picker.getByRole('button', { name: 'Select' }).click();
  const files = dialog.getByRole('list', { name: 'Files to save with it' });
  await expect(files.getByRole('listitem')).toHaveCount(2);
  await dialog.getByLabel('Name').fill(`Files of ${tmpPath}`);
  await backstage.api('DELETE', `api/contents/${tmpPath}/gone.csv`);
  await send(dialog);
  await expect(dialog.getByRole('alert')).toHaveText([
    /gone\.csv.* is not there any more/
  ]);
  await expect(
    dialog.getByRole('button', { name: 'Add files…' })
  ).toBeFocused();
  const { transfers } = await backstage.api<{ transfers: unknown[] }>(
    'GET',
    'datahub/transfers'
  );
  expect(transfers).toEqual([]);
  await files.getByRole('button', { name: /gone\.csv/ }).click();
  await send(dialog);
  const saved = toast(page, 'Saved as');
  await expect(saved).toBeVisible({ timeout: 60_000 });
  await saved.getByRole('button', { name: 'Open page' }).press('Enter');
  const view = inFront(page);
  await expect(titleOf(view)).toHaveText(`Files of ${tmpPath}`);
  await expect(view.getByRole('table')).toContainText('plot.csv');

  // A notification goes when its button is pressed.
  await expect(saved).toHaveCount(0);
  await page.getByRole('tab', { name: 'Files.ipynb' }).click();
  await page.getByRole('button', { name: /^Save to store/ }).click();
  await send(dialog);
  await expect(saved).toBeVisible({ timeout: 60_000 });
  await saved.getByRole('button', { name: 'Open page' }).press('Enter');
  await expect(
    view.getByRole('button', { name: /newest of 2 versions/ })
  ).toBeVisible();
});

test('a save that failed is told, and saved again with what was typed', async ({
  page,
  backstage,
  tmpPath
}) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 1100, height: 700 });
  await backstage.connect();
  await open(page, backstage, `${tmpPath}/Again.ipynb`);
  await backstage.faults({
    kind: 'status',
    path: '*session_workspace_file_upload*',
    status: 403,
    times: 1000
  });
  const dialog = await form(page);
  await own(dialog, 'notebooks', '/LAB/SC/NOTEBOOKS');
  await dialog.getByLabel('Name').fill(`Again, ${tmpPath}`);
  await dialog.getByLabel('Notes').fill('What was typed');
  await send(dialog);
  const failed = toast(page, 'could not be saved');
  await expect(failed).toBeVisible({ timeout: 60_000 });
  await failed.getByRole('button', { name: 'Change and save again' }).click();
  await expect(dialog.getByLabel('Notes')).toHaveValue('What was typed');
  await expect(
    dialog.getByRole('combobox', { name: 'Belongs to' })
  ).toHaveValue('/LAB/SC/NOTEBOOKS');
  await dialog.getByLabel('Notes').fill('What was typed then');
  await backstage.faults();
  // A click fails where something lies above the button.
  await send(dialog);
  const saved = toast(page, 'Saved as');
  await expect(saved).toBeVisible({ timeout: 60_000 });
  await saved.getByRole('button', { name: 'Open page' }).press('Enter');
  await expect(inFront(page)).toContainText('What was typed then');
});

test('an openBIS 7 without a data store gets the files beside the owner', async ({
  page,
  sidebar,
  backstage,
  request,
  tmpPath
}) => {
  const { url } = (await (await request.get(HUB + '/_openbis_7')).json()) as {
    url: string;
  };
  await backstage.api('PUT', 'datahub/connections/seven', {
    kind: 'openbis',
    title: SEVEN,
    url,
    user: 'scientist',
    password: 'demo-scientist'
  });
  try {
    await open(page, backstage, `${tmpPath}/Seven.ipynb`);
    const dialog = await form(page);
    await own(dialog, 'donor', '/LAB/SC/DONOR_1');
    await send(dialog, SEVEN);
    const saved = toast(page, 'Saved as');
    await expect(saved).toBeVisible({ timeout: 60_000 });
    await saved.getByRole('button', { name: 'Open page' }).press('Enter');
    const view = inFront(page);
    await expect(titleOf(view)).toHaveText('Donor 1');
    await expect(view.getByRole('list', { name: 'Files' })).toContainText(
      'Seven.ipynb'
    );
    await view.getByRole('button', { name: 'Show in the tree' }).click();
    await expect(
      sidebar.tree.getByRole('treeitem', { name: /^Donor 1/ })
    ).toBeVisible();
  } finally {
    await backstage.api('DELETE', 'datahub/connections/seven');
  }
});

test('to a bucket, which the tree shows', async ({
  page,
  sidebar,
  backstage,
  tmpPath
}) => {
  await open(page, backstage, `${tmpPath}/Bucket.ipynb`);
  const dialog = await form(page);
  await dialog
    .getByLabel('Store', { exact: true })
    .selectOption('Lab bucket (demo)');
  const field = dialog.getByRole('combobox', { name: 'Belongs to' });
  await expect(field).toHaveAttribute('placeholder', 's3://bucket/folder/');
  await expect(dialog.getByText('A new folder with the name')).toBeVisible();
  // What cannot be written to is told before anything is sent.
  await field.fill('s3://private-notes/');
  await send(dialog, 'Lab bucket (demo)');
  await expect(dialog.getByRole('alert').first()).toBeVisible();
  const place = `s3://lab-results/${tmpPath}/`;
  await field.fill(place);
  await expect(offered(dialog)).toContainText([place]);
  expect(await problems(page, '.jp-DataHub-modal')).toEqual([]);
  await send(dialog, 'Lab bucket (demo)');
  await expect(dialog).toBeHidden();
  const saved = toast(page, 'Saved as');
  await expect(saved).toBeVisible({ timeout: 60_000 });
  await saved.getByRole('button', { name: 'Open in tree' }).press('Enter');
  const tree = sidebar.tree;
  await expect(tree).toBeFocused();
  await expect(
    tree.getByRole('treeitem', { name: /^datahub\.lock\.json/ })
  ).toBeVisible();
  await expect(
    tree.getByRole('treeitem', { name: /^Bucket-\d+T\d+Z-/ })
  ).toBeVisible();
  // The cursor is on what was saved.
  await page.keyboard.press('Enter');
  await expect(titleOf(inFront(page))).toHaveText('Bucket.ipynb');
});

test('a file without a notebook, from the file browser to a bucket', async ({
  page,
  sidebar,
  backstage,
  tmpPath
}) => {
  await backstage.api('PUT', `api/contents/${tmpPath}/cells.csv`, {
    type: 'file',
    format: 'text',
    content: 'cell,count\na,1\n'
  });
  await page.filebrowser.refresh();
  const item = page.locator('.jp-DirListing-item', { hasText: 'cells.csv' });
  await item.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Save to store' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save cells.csv' });
  await dialog
    .getByLabel('Store', { exact: true })
    .selectOption('Lab bucket (demo)');
  await expect(dialog.getByText(/^It goes as it is/)).toBeVisible();
  await dialog.getByLabel('Type *').selectOption('FILES');
  const place = `s3://lab-results/${tmpPath}/`;
  const field = dialog.getByRole('combobox', { name: 'Belongs to' });
  await field.fill(place);
  await expect(offered(dialog)).toContainText([place]);
  await send(dialog, 'Lab bucket (demo)');
  await expect(dialog).toBeHidden();
  const saved = toast(page, 'Saved as');
  await expect(saved).toBeVisible({ timeout: 60_000 });
  await saved.getByRole('button', { name: 'Open in tree' }).press('Enter');
  const node = sidebar.tree.getByRole('treeitem', { name: /^cells\.csv/ });
  await expect(node.first()).toBeVisible();
});
