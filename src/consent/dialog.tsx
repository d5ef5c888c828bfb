import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cost } from '../api/models';
import { Modal } from '../modal/Modal';
import { ConsentDialog } from './ConsentDialog';

/** One question at a time: several datasets may be asked for at once. */
let last: Promise<unknown> = Promise.resolve();
let shown: Modal | null = null;

/**
 * Ask for a limit, and begin with it.
 *
 * @returns What was begun; null where the user did not agree.
 */
export function askForLimit<T>(
  title: string,
  cost: Cost,
  begin: (limit: number) => Promise<T>,
  trans: TranslationBundle
): Promise<T | null> {
  const asked = last.then(() => show(title, cost, begin, trans));
  last = asked;
  return asked;
}

function show<T>(
  title: string,
  cost: Cost,
  begin: (limit: number) => Promise<T>,
  trans: TranslationBundle
): Promise<T | null> {
  return new Promise(resolve => {
    let begun: T | null = null;
    shown = new Modal({
      title:
        cost.paid_usd > 0
          ? trans.__('Raise the limit?')
          : trans.__('Pay for this download?'),
      className: 'jp-DataHub-consentModal',
      trans,
      content: close => (
        <ConsentDialog
          title={title}
          cost={cost}
          trans={trans}
          onAgree={async limit => {
            begun = await begin(limit);
            close();
          }}
          onClose={close}
        />
      ),
      onClosed: () => {
        shown = null;
        resolve(begun);
      }
    });
    shown.open();
  });
}
