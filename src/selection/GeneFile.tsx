import { useMemo, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';
import { GENE_FILE } from './command';

/** The list of genes that a command reads from a file, and why it does. */
export function GeneFile(props: {
  readonly genes: readonly string[];
}): ReactElement {
  const { trans } = useSidebar().hub;
  const { genes } = props;
  const address = useMemo(() => {
    const lines = genes.map(gene => `${gene}\n`).join('');
    return `data:text/plain;charset=utf-8,${encodeURIComponent(lines)}`;
  }, [genes]);
  return (
    <p className="jp-DataHub-hint">
      {trans.__(
        'The command reads these %1 genes from a file, as they are too many for a line of a terminal. Save it in the folder where you run the command:',
        formatInteger(genes.length)
      )}{' '}
      <a className="jp-DataHub-link" href={address} download={GENE_FILE}>
        {trans.__('Save %1', GENE_FILE)}
      </a>
    </p>
  );
}
