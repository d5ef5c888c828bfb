/** Milliseconds in which a page, and its preview, may appear. */
const PATIENCE = 30_000;

const SELECTION = '[data-section="selection"]';

/** Show where cells and genes of a dataset are chosen: on its page, below its preview. */
export async function openSelection(
  ref: string,
  openDataset: (ref: string) => void
): Promise<void> {
  openDataset(ref);
  const page = `[id="jp-DataHub-page-${CSS.escape(encodeURIComponent(ref))}"]`;
  const preview = await appears(`${page} .jp-DataHub-preview`);
  if (!preview) {
    return;
  }
  preview.scrollIntoView({ block: 'start' });
  preview
    .querySelector<HTMLElement>('.jp-DataHub-previewStart button')
    ?.click();
  const selection = await appears(`${page} ${SELECTION}`);
  selection?.scrollIntoView({ block: 'nearest' });
  selection?.focus({ preventScroll: true });
}

/** Wait until something is there; null where that takes too long. */
async function appears(selector: string): Promise<HTMLElement | null> {
  return new Promise(resolve => {
    const look = (): HTMLElement | null => document.querySelector(selector);
    const found = look();
    if (found) {
      resolve(found);
      return;
    }
    const done = (element: HTMLElement | null): void => {
      observer.disconnect();
      window.clearTimeout(timer);
      resolve(element);
    };
    const observer = new MutationObserver(() => {
      const element = look();
      if (element) {
        done(element);
      }
    });
    const timer = window.setTimeout(() => done(null), PATIENCE);
    observer.observe(document.body, { childList: true, subtree: true });
  });
}
