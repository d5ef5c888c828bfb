import { closeIcon } from '@jupyterlab/ui-components';
import { useState, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';

/** Genes that are shown before the rest is asked for, and those that are shown then. */
const FEW = 12;
const MANY = 500;

interface IProps {
  readonly genes: readonly string[];
  readonly onGenes: (genes: readonly string[]) => void;
}

/** The genes that are chosen, each of which can be taken away. */
export function GeneTags({ genes, onGenes }: IProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const [all, setAll] = useState(false);
  const shown = genes.slice(0, all ? MANY : FEW);
  const rest = genes.length - shown.length;
  if (genes.length === 0) {
    return null;
  }
  return (
    <div
      className="jp-DataHub-tags"
      role="group"
      aria-label={trans.__('Chosen genes')}
    >
      {shown.map(gene => (
        <button
          key={gene}
          type="button"
          className="jp-DataHub-tag"
          aria-label={trans.__('Remove %1', gene)}
          onClick={() => onGenes(genes.filter(each => each !== gene))}
        >
          <span className="jp-DataHub-tagText">{gene}</span>
          <closeIcon.react
            tag="span"
            className="jp-DataHub-icon"
            aria-hidden="true"
          />
        </button>
      ))}
      {rest > 0 &&
        (all ? (
          <span className="jp-DataHub-quiet">
            {trans.__('and %1 more', formatInteger(rest))}
          </span>
        ) : (
          <button
            type="button"
            className="jp-DataHub-link"
            onClick={() => setAll(true)}
          >
            {trans.__('%1 more', formatInteger(rest))}
          </button>
        ))}
      <button
        type="button"
        className="jp-DataHub-link"
        aria-label={trans.__('Remove all genes')}
        onClick={() => onGenes([])}
      >
        {trans.__('Clear')}
      </button>
    </div>
  );
}
