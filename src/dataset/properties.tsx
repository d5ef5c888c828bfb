import { useState, type ReactElement } from 'react';

import type { Dataset, Property } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';
import { ExternalLink, isWebUrl } from './link';

/** Lines of a section that are shown before the rest is asked for. */
const FEW = 15;
/** Characters of a label that stand beside its value; longer ones stand above it. */
const BESIDE = 24;

/** What a Source says of a dataset in its own words, section by section. */
export function Properties({
  dataset
}: {
  readonly dataset: Dataset;
}): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { properties } = dataset;
  if (properties.length === 0) {
    return null;
  }
  const sections = [...new Set(properties.map(({ section }) => section))];
  return (
    <>
      <h2>{trans.__('Properties')}</h2>
      {sections.map(section => (
        <Section
          key={section}
          section={section}
          properties={properties.filter(each => each.section === section)}
        />
      ))}
    </>
  );
}

function Section({
  section,
  properties
}: {
  readonly section: string;
  readonly properties: readonly Property[];
}): ReactElement {
  const { trans } = useSidebar().hub;
  const [all, setAll] = useState(false);
  const hidden = properties.length - FEW;
  const shown = all || hidden <= 2 ? properties : properties.slice(0, FEW);
  const long = properties.some(({ label }) => label.length > BESIDE);
  return (
    <div>
      {section && <h3 className="jp-DataHub-quiet">{section}</h3>}
      <dl className={`jp-DataHub-facts ${long ? 'jp-mod-stacked' : ''}`}>
        {shown.map((property, index) => (
          <div key={property.code + String(index)}>
            <dt title={property.code}>{property.label || property.code}</dt>
            <dd>
              <Value property={property} />
            </dd>
          </div>
        ))}
      </dl>
      {shown.length < properties.length && (
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => setAll(true)}
        >
          {trans.__('Show all %1', formatInteger(properties.length))}
        </button>
      )}
    </div>
  );
}

function Value({ property }: { readonly property: Property }): ReactElement {
  const { hub } = useSidebar();
  const { ref, url, value } = property;
  if (ref) {
    return (
      <button
        type="button"
        className="jp-DataHub-link"
        onClick={() => hub.openDataset(ref)}
      >
        {value}
      </button>
    );
  }
  if (url.startsWith('mailto:')) {
    return (
      <>
        <span className="jp-DataHub-value">{value}</span>{' '}
        <a href={url}>{url.slice('mailto:'.length)}</a>
      </>
    );
  }
  const address = url || (/\s/.test(value) ? '' : value);
  return isWebUrl(address) ? (
    <ExternalLink url={address}>{value}</ExternalLink>
  ) : (
    <span className="jp-DataHub-value">{value}</span>
  );
}
