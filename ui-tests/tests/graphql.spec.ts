/** The panel that asks a Gen3 commons in GraphQL. */
import { problems } from './axe';
import { COMMONS, expect, test } from './datahub';

test('a query is completed, asked, and its answer loaded in a notebook', async ({
  page,
  sidebar,
  backstage
}) => {
  await backstage.connectCommons();
  await page.notebook.createNew();
  await sidebar.open();
  const tree = await sidebar.walk();
  await tree
    .getByRole('treeitem', { name: new RegExp(`^${COMMONS}`) })
    .click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Query with GraphQL' }).click();
  await expect(
    page.getByRole('tab', { name: `GraphQL: ${COMMONS}` })
  ).toBeVisible();
  const panel = page.locator('.jp-DataHub-graph');
  const types = panel.getByRole('list', { name: 'Types of records' });
  await expect(types.getByRole('button', { name: /^Case/ })).toBeVisible();

  const editor = panel.getByRole('textbox', { name: 'Query' });
  await editor.click();
  await page.keyboard.type('{ cas');
  const offered = page.getByRole('option', { name: /^case/ });
  await offered.first().click();
  await expect(editor).toContainText('case {');
  await page.keyboard.type('submitter_i');
  await page.getByRole('option', { name: /^submitter_id/ }).click();
  await page.keyboard.type(' nosuch');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+Enter');
  const alert = panel.getByRole('alert');
  await expect(alert).toContainText(`${COMMONS} does not answer this question.`);
  await expect(alert).toContainText('nosuch');

  await panel.getByLabel('Find a type of records').fill('case');
  await types.getByRole('button', { name: /^Case/ }).click();
  await expect(editor).toContainText('case(first: 20)');
  await page.keyboard.press('ControlOrMeta+Enter');
  const table = panel.getByRole('table');
  await expect(
    table.getByRole('columnheader', { name: 'submitter_id' })
  ).toBeVisible();
  await expect(panel.getByText(/^20 rows/)).toBeVisible();
  await expect(alert).toBeEmpty();
  expect(await problems(page, '.jp-DataHub-graph')).toEqual([]);

  await panel.getByRole('button', { name: 'Load in notebook' }).click();
  const cell = page.locator('.jp-Notebook .jp-CodeCell').filter({ hasText: '.tsv' });
  await expect(cell.first()).toBeVisible({ timeout: 30_000 });
  await expect(
    page.locator('.jp-OutputArea-output').filter({ hasText: 'submitter_id' }).first()
  ).toBeVisible({ timeout: 60_000 });
});

test('a commons that hangs is left alone on Cancel, and one that is away is asked again', async ({
  page,
  sidebar,
  backstage
}) => {
  await backstage.connectCommons();
  await sidebar.open();
  const tree = await sidebar.walk();
  await backstage.faults({ kind: 'down', host: 'gen3', times: 1000 });
  await tree
    .getByRole('treeitem', { name: new RegExp(`^${COMMONS}`) })
    .click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Query with GraphQL' }).click();
  const panel = page.locator('.jp-DataHub-graph');
  const notice = panel.locator('.jp-DataHub-notice', {
    hasText: 'What can be asked is not known.'
  });
  await expect(notice).toContainText('127.0.0.1', { timeout: 30_000 });
  await page.screenshot({ path: 'test-results/graphql/away.png' });
  await backstage.faults();
  await notice.getByRole('button', { name: 'Try again' }).click();
  const types = panel.getByRole('list', { name: 'Types of records' });
  await types.getByRole('button', { name: /^Case/ }).click();

  await backstage.forgetRequests();
  await backstage.faults({ kind: 'stall', host: 'gen3', path: '*/graphql' });
  const run = panel.getByRole('button', { name: /^Run/ });
  await run.click();
  const cancel = panel.getByRole('button', { name: 'Cancel' });
  await expect.poll(() => backstage.requestsFor('graphql')).toBe(1);
  await page.screenshot({ path: 'test-results/graphql/waiting.png' });
  await cancel.click();
  await expect.poll(() => backstage.abandoned('graphql')).toBe(1);
  await page.screenshot({ path: 'test-results/graphql/cancelled.png' });
  await backstage.faults();
  await run.click();
  await expect(panel.getByText(/^20 rows/)).toBeVisible();
});
