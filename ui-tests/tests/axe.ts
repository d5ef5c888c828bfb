import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** What axe finds in the parts of the page that are ours. */
export async function problems(
  page: Page,
  ...parts: string[]
): Promise<string[]> {
  // JupyterLab's own toolbar buttons say whether they are pressed, without a role that may.
  let axe = new AxeBuilder({ page }).exclude('.jp-ToolbarButtonComponent');
  for (const part of parts) {
    axe = axe.include(part);
  }
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(node => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`)
  );
}
