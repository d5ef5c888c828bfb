import type { ReactElement } from 'react';

import type { Dataset } from '../api/models';
import { useSidebar } from '../browser/context';
import { bibtexOf, citationOf } from './cite';
import { CopyButton } from './CopyButton';

/** How to cite a dataset, as a sentence and for BibTeX. */
export function Cite({
  dataset,
  source
}: {
  readonly dataset: Dataset;
  /** The title of the Source it is from. */
  readonly source: string;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const citation = citationOf(dataset, source);
  const bibtex = bibtexOf(dataset, source);
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
