/** What a notebook says of its inputs when it is opened, whoever wrote them down. */
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

import { expect, test, toast, type Backstage } from './datahub';

/** "Left ventricle, pilot (withdrawn)" of the demo. */
const WITHDRAWN = 'cellxgene:681896bb-0e8b-5d2a-a8b1-64b8191866c3';

interface IHit {
  ref: string;
  title: string;
  size: number;
}

async function find(
  backstage: Backstage,
  text: string,
  source = 'cellxgene'
): Promise<IHit> {
  const { hits } = await backstage.api<{ hits: IHit[] }>(
    'GET',
    source === 'cellxgene'
      ? `datahub/search?text=${encodeURIComponent(text)}&facet=source=cellxgene`
      : `datahub/sources/${source}/search?text=${encodeURIComponent(text)}`
  );
  return hits[0];
}

/** Open a notebook that has such metadata. */
async function openNotebook(
  page: IJupyterLabPageFixture,
  backstage: Backstage,
  path: string,
  metadata: object
): Promise<void> {
  await backstage.api('PUT', `api/contents/${path}`, {
    type: 'notebook',
    format: 'json',
    content: {
      cells: [],
      metadata: {
        kernelspec: {
          name: 'python3',
          display_name: 'Python 3',
          language: 'python'
        },
        ...metadata
      },
      nbformat: 4,
      nbformat_minor: 5
    }
  });
  await page.evaluate(
    async notebook =>
      await (
        window as unknown as {
          jupyterapp: {
            commands: { execute(id: string, args: object): Promise<unknown> };
          };
        }
      ).jupyterapp.commands.execute('docmanager:open', { path: notebook }),
    path
  );
}

/** An input as a load writes it down. */
function input(ref: string, title: string, size: number | null = null): object {
  return {
    ref,
    variable: title.toLowerCase().replace(/\W+/g, '_'),
    title,
    version: '1',
    size,
    sha256: '',
    retrieved: '2026-06-11T00:00:00Z',
    licence: 'CC BY 4.0',
    citation: '',
    doi: '',
    selection: ''
  };
}

test('what is not on this machine is fetched again with one click', async ({
  page,
  sidebar,
  backstage,
  tmpPath
}) => {
  const { ref, title, size } = await find(backstage, 'CD34');
  const other = await find(backstage, 'CD19');
  const part = {
    ...input(other.ref, other.title, 1000),
    selection: 'two cells',
    chosen: { where: 'percent_mito >= 0', genes: ['CD79A'] }
  };
  await openNotebook(page, backstage, `${tmpPath}/missing.ipynb`, {
    datahub: { inputs: [input(ref, title, size), part] }
  });
  const told = toast(page, 'not on this machine');
  await expect(told).toContainText(
    `missing.ipynb used 2 datasets that are not on this machine: “${title}”, “${other.title}”.`
  );
  await told.getByRole('button', { name: /^Fetch \(/ }).click();
  await sidebar.open();
  const library = await sidebar.unfold('Library');
  await expect(library).toContainText('CD34', { timeout: 20_000 });
  await expect(library).toContainText('selection of', { timeout: 20_000 });

  const looked = page.waitForResponse('**/datahub/provenance*');
  await page.reload();
  expect((await looked).ok()).toBe(true);
  await expect(page.locator('.jp-NotebookPanel')).toBeVisible();
  await expect(told).toHaveCount(0);
});

test('a newer version and one that was withdrawn are told, each with its page', async ({
  page,
  backstage,
  tmpPath
}) => {
  const newest = await find(backstage, 'PBMC 68k, reduced');
  const { versions } = await backstage.api<{ versions: { ref: string }[] }>(
    'GET',
    `datahub/datasets/${encodeURIComponent(newest.ref)}`
  );
  const old = versions[versions.length - 1].ref;
  await openNotebook(page, backstage, `${tmpPath}/old.ipynb`, {
    datahub: {
      inputs: [input(old, newest.title), input(WITHDRAWN, 'Left ventricle, pilot')]
    }
  });
  const withdrawn = toast(page, 'was withdrawn');
  await expect(withdrawn).toContainText(
    '“Left ventricle, pilot”, which old.ipynb used, was withdrawn.'
  );
  const newer = toast(page, 'newer version');
  await expect(newer).toContainText(
    `There is a newer version of “${newest.title}” than old.ipynb used.`
  );
  await newer.getByRole('button', { name: 'Show it' }).click();
  const view = page.locator('.jp-DataHub-page:visible');
  await expect(view.getByRole('heading', { level: 1 })).toHaveText(newest.title);
  await expect(view.getByText(/^newest of/)).toBeVisible();
});

test('what jupyterlab-openbis wrote down is read, taken over, and saved as parents', async ({
  page,
  backstage,
  tmpPath
}) => {
  await backstage.connect();
  const { url } = await backstage.openbis();
  const { ref } = await find(backstage, 'Counts of ten', 'openbis');
  const permId = ref.split('/').pop()!;
  const path = `${tmpPath}/older.ipynb`;
  await openNotebook(page, backstage, path, {
    datasets: {
      [permId]: {
        url,
        permId,
        path: 'openbis-datasets',
        dataStore: 'DSS1',
        location: '',
        size: 1200,
        files: ['original/counts.csv'],
        statusText: 'Data downloaded successfully.'
      }
    }
  });
  await expect(toast(page, 'not on this machine')).toContainText(permId);
  await page.getByRole('button', { name: /^Save to store/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Save older.ipynb' });
  const parents = dialog.getByRole('list', { name: 'Datasets it was made from' });
  await expect(parents.getByRole('listitem')).toHaveCount(1);
  await expect(parents).toContainText(permId);
  await page.keyboard.press('Escape');

  await page.notebook.save();
  const { content } = await backstage.api<{
    content: {
      metadata: {
        datasets: object;
        datahub: { inputs: { ref: string }[] };
      };
    };
  }>('GET', `api/contents/${path}`);
  expect(content.metadata.datahub.inputs.map(each => each.ref)).toEqual([ref]);
  expect(Object.keys(content.metadata.datasets)).toEqual([permId]);
});
