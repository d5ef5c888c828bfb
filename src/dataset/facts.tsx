import type { TranslationBundle } from '@jupyterlab/translation';
import { useState, type ReactElement } from 'react';

import type { Dataset, Term } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatInteger, formatPercent } from '../browser/format';
import { CommandIDs } from '../tokens';
import { Fact } from './Fact';
import { facetTitle } from './words';

/** Terms of one facet that are shown before the rest is asked for. */
const FEW = 10;

/** The facets in the order in which they are read; those of a catalog's own follow. */
const ORDER = [
  'organism',
  'tissue',
  'disease',
  'assay',
  'cell_type',
  'development_stage',
  'sex'
];

/** What is known of a dataset, as terms and numbers. */
export function Facts({
  dataset
}: {
  readonly dataset: Dataset;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const { cells, genes, raw_counts, embeddings, schema_version } = dataset;
  return (
    <dl className="jp-DataHub-facts">
      {cells !== null && (
        <Fact title={trans.__('Cells')}>{cellWords(dataset, trans)}</Fact>
      )}
      {genes !== null && (
        <Fact title={trans.__('Genes')}>{formatInteger(genes)}</Fact>
      )}
      {facetNames(dataset).map(name => (
        <Fact key={name} title={facetTitle(name, trans)}>
          <Terms facet={name} terms={dataset.facets[name]} />
        </Fact>
      ))}
      {raw_counts && (
        <Fact title={trans.__('Raw counts')}>
          <code>{raw_counts}</code>
        </Fact>
      )}
      {embeddings.length > 0 && (
        <Fact title={trans.__('Embeddings')}>
          {embeddings.map(name => (
            <code
              key={name}
              title={
                name === dataset.default_embedding
                  ? trans.__('The one its catalog shows first')
                  : undefined
              }
            >
              {name}
            </code>
          ))}
        </Fact>
      )}
      {schema_version && (
        <Fact title={trans.__('Schema version')}>{schema_version}</Fact>
      )}
    </dl>
  );
}

/** The names of the facets that have terms, in the order in which they are read. */
export function facetNames({ facets }: Pick<Dataset, 'facets'>): string[] {
  const rank = (name: string): number =>
    ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length;
  return Object.keys(facets)
    .filter(name => facets[name].length > 0)
    .sort((one, other) => rank(one) - rank(other));
}

/** "65,847, of which 60,000 (91 %) primary". */
export function cellWords(
  { cells, primary_cells }: Pick<Dataset, 'cells' | 'primary_cells'>,
  trans: TranslationBundle
): string {
  const all = formatInteger(cells ?? 0);
  if (primary_cells === null || !cells) {
    return all;
  }
  return primary_cells === cells
    ? trans.__('%1, all primary', all)
    : trans.__(
        '%1, of which %2 (%3) primary',
        all,
        formatInteger(primary_cells),
        formatPercent(primary_cells / cells)
      );
}

function Terms({
  facet,
  terms
}: {
  readonly facet: string;
  readonly terms: readonly Term[];
}): ReactElement {
  const { commands, hub } = useSidebar();
  const { trans } = hub;
  const [all, setAll] = useState(false);
  const hidden = terms.length - FEW;
  // One more term takes no more room than the words that hide it.
  const shown = all || hidden <= 1 ? terms : terms.slice(0, FEW);
  return (
    <ul className="jp-DataHub-terms">
      {shown.map(({ label, ontology_term_id }) => (
        <li key={label + ontology_term_id}>
          <button
            type="button"
            className="jp-DataHub-term"
            title={
              ontology_term_id
                ? trans.__('%1: find datasets with it', ontology_term_id)
                : trans.__('Find datasets with it')
            }
            onClick={() => {
              void commands.execute(CommandIDs.open, { facet, value: label });
            }}
          >
            {label}
          </button>
        </li>
      ))}
      {shown.length < terms.length && (
        <li>
          <button
            type="button"
            className="jp-DataHub-link"
            onClick={() => setAll(true)}
          >
            {trans.__('%1 more', hidden)}
          </button>
        </li>
      )}
    </ul>
  );
}
