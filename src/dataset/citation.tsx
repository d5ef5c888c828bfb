import type { ReactElement } from 'react';

import type { Dataset } from '../api/models';
import { useSidebar } from '../browser/context';
import { bibtexOf, citationOf } from './cite';
import { CopyButton } from './CopyButton';

/** How to cite a dataset, as a sentence and for BibTeX. */
export function Cite({ dataset }: { readonly dataset: Dataset }): ReactElement {
  const { trans } = useSidebar().hub;
  const citation = citationOf(dataset);
  const bibtex = bibtexOf(dataset);
  return (
    <div
      className="jp-DataHub-cite"
      role="group"
      aria-label={trans.__('Citation')}
    >
      <p>{citation}</p>
      <CopyButton text={citation} label={trans.__('Copy citation')} />
      <pre>{bibtex}</pre>
      <CopyButton text={bibtex} label={trans.__('Copy BibTeX')} />
    </div>
  );
}
