import { useState, type ReactElement } from 'react';

import type { Dataset, Link, Related } from '../api/models';
import { useSidebar } from '../browser/context';
import { ExternalLink } from './link';

/** Datasets of one catalog that are named before the rest is asked for. */
const FEW = 5;

/** The kind of links to the same study as a collection of another catalog. */
export const COLLECTION_LINK = 'collection';

/** The same study in other catalogs: its datasets that are known here, else a page of the web. */
export function SameStudy({
  dataset
}: {
  readonly dataset: Dataset;
}): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { related } = dataset;
  const links = dataset.links.filter(({ kind }) => kind === COLLECTION_LINK);
  if (related.length === 0 && links.length === 0) {
    return null;
  }
  const catalogs = [...new Set(related.map(({ type }) => type))];
  return (
    <section aria-label={trans.__('The same study elsewhere')}>
      <h2>{trans.__('The same study elsewhere')}</h2>
      {catalogs.map(catalog => (
        <InCatalog
          key={catalog}
          catalog={catalog}
          related={related.filter(({ type }) => type === catalog)}
        />
      ))}
      {links.map(link => (
        <Outside key={link.url} link={link} known={related.length > 0} />
      ))}
    </section>
  );
}

function InCatalog({
  catalog,
  related
}: {
  readonly catalog: string;
  readonly related: readonly Related[];
}): ReactElement {
  const { hub } = useSidebar();
  const { trans } = hub;
  const [all, setAll] = useState(false);
  const hidden = related.length - FEW;
  const shown = all || hidden <= 1 ? related : related.slice(0, FEW);
  return (
    <>
      <h3 className="jp-DataHub-quiet">
        {catalog}{' '}
        <span className="jp-DataHub-count">
          {trans._n('%1 dataset', '%1 datasets', related.length)}
        </span>
      </h3>
      <ul className="jp-DataHub-related" aria-label={catalog}>
        {shown.map(({ ref, title }) => (
          <li key={ref}>
            <button
              type="button"
              className="jp-DataHub-link"
              title={trans.__('Open its page')}
              onClick={() => hub.openDataset(ref)}
            >
              {title}
            </button>
          </li>
        ))}
      </ul>
      {shown.length < related.length && (
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => setAll(true)}
        >
          {trans.__('%1 more', hidden)}
        </button>
      )}
    </>
  );
}

function Outside({
  link,
  known
}: {
  readonly link: Link;
  /** Whether datasets of the study are listed above. */
  readonly known: boolean;
}): ReactElement {
  const { trans } = useSidebar().hub;
  return (
    <p className={known ? 'jp-DataHub-quiet' : undefined}>
      <ExternalLink url={link.url}>{link.title || link.url}</ExternalLink>{' '}
      <span className="jp-DataHub-quiet">
        {trans.__('on its own site, in a new tab')}
      </span>
    </p>
  );
}
