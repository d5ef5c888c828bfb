import { expect, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

/** The sidebar as somebody sees it. */
export class Sidebar {
  constructor(private readonly _page: IJupyterLabPageFixture) {}

  get root(): Locator {
    return this._page.locator('#jp-DataHub');
  }

  get field(): Locator {
    return this.root.getByRole('searchbox', { name: 'Search datasets' });
  }

  get list(): Locator {
    return this.root.getByRole('listbox', { name: 'Datasets', exact: true });
  }

  get rows(): Locator {
    return this.list.getByRole('option');
  }

  /** The tree of the stores, where it is unfolded. */
  get tree(): Locator {
    return this.root.getByRole('tree', { name: 'Stores' });
  }

  /** The row of the dataset whose title starts so. */
  row(title: string): Locator {
    return this.list.getByRole('option', { name: new RegExp('^' + title) });
  }

  async open(): Promise<void> {
    await this._page.getByRole('tab', { name: 'DataHub' }).click();
    await expect(this.rows.first()).toBeVisible();
  }

  /** Search, and wait for the answer. */
  async search(text: string): Promise<void> {
    const answer = this._page.waitForResponse(response =>
      response.url().includes('/datahub/search?')
    );
    await this.field.fill(text);
    await answer;
  }

  /** Press the button of a row. */
  async press(title: string, action: 'Load' | 'Download'): Promise<void> {
    await this.row(title).first().hover();
    await this.root
      .getByRole('toolbar', { name: new RegExp('^Actions for ' + title) })
      .getByRole('button', { name: new RegExp('^' + action) })
      .click();
  }

  /** Unfold one of the sections at the bottom. */
  async unfold(section: 'Browse' | 'Transfers' | 'Library'): Promise<Locator> {
    const button = this.root.getByRole('button', {
      name: new RegExp('^' + section)
    });
    // What shows the sidebar may unfold the section in the same moment.
    await expect(async () => {
      if ((await button.getAttribute('aria-expanded')) === 'false') {
        await button.click();
      }
      await expect(button).toHaveAttribute('aria-expanded', 'true', {
        timeout: 1000
      });
    }).toPass();
    return section === 'Browse'
      ? this.tree
      : this.root.getByRole('list', { name: section });
  }

  /** Unfold the way to a node of the tree. */
  async walk(...names: string[]): Promise<Locator> {
    const tree = await this.unfold('Browse');
    for (const name of names) {
      const node = tree.getByRole('treeitem', { name: new RegExp('^' + name) });
      await expect(node.first()).toBeVisible();
      if ((await node.first().getAttribute('aria-expanded')) === 'false') {
        await node.first().click();
      }
    }
    return tree;
  }

  /** Show the page of the dataset whose title starts so. */
  async openPage(title: string): Promise<Locator> {
    await this.search(title);
    await this.row(title).first().locator('.jp-DataHub-rowTitle').click();
    const page = this._page.locator('.jp-DataHub-page:visible');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    return page;
  }
}
