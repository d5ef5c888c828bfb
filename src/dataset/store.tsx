import { useState, type ReactElement } from 'react';

import type { Dataset, Property, Related } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { CommandIDs } from '../tokens';
import { statusWords } from '../tree/words';
import { ExternalLink, isWebUrl } from './link';

interface IProps {
  readonly dataset: Dataset;
}

/** What a store says of a dataset in its own words, section by section. */
export function Properties({ dataset }: IProps): ReactElement | null {
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
        <div key={section}>
          {section && <h3 className="jp-DataHub-quiet">{section}</h3>}
          <dl className="jp-DataHub-facts">
            {properties
              .filter(property => property.section === section)
              .map((property, index) => (
                <div key={property.code + String(index)}>
                  <dt title={property.code}>
                    {property.label || property.code}
                  </dt>
                  <dd>
                    <Value property={property} />
                  </dd>
                </div>
              ))}
          </dl>
        </div>
      ))}
    </>
  );
}

function Value({ property }: { readonly property: Property }): ReactElement {
  const { value } = property;
  return isWebUrl(value) && !/\s/.test(value) ? (
    <ExternalLink url={value}>{value}</ExternalLink>
  ) : (
    <span className="jp-DataHub-value">{value}</span>
  );
}

/** What a dataset belongs to, what it was made from and what was made from it. */
export function Relations({ dataset }: IProps): ReactElement | null {
  const { hub, commands } = useSidebar();
  const { trans } = hub;
  const { owner, parents, children, source } = dataset;
  if (!owner && parents.length === 0 && children.length === 0) {
    return null;
  }
  const open = ({ ref }: Related): void => hub.openDataset(ref);
  return (
    <>
      <h2>{trans.__('Belongs to')}</h2>
      <dl className="jp-DataHub-facts">
        {owner && (
          <Line
            title={trans.__('Owner')}
            related={[owner]}
            hint={trans.__('Find all datasets of it')}
            onOpen={({ title }) => {
              void commands.execute(CommandIDs.open, {
                facet: 'source',
                value: source,
                text: title
              });
            }}
          />
        )}
        <Line
          title={trans.__('Made from')}
          related={parents}
          hint={trans.__('Open this dataset')}
          onOpen={open}
        />
        <Line
          title={trans.__('Used for')}
          related={children}
          hint={trans.__('Open this dataset')}
          onOpen={open}
        />
      </dl>
    </>
  );
}

interface ILineProps {
  readonly title: string;
  readonly related: readonly Related[];
  readonly hint: string;
  readonly onOpen: (related: Related) => void;
}

function Line(props: ILineProps): ReactElement | null {
  const { title, related, hint, onOpen } = props;
  if (related.length === 0) {
    return null;
  }
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        <ul className="jp-DataHub-related">
          {related.map(each => (
            <li key={each.ref}>
              <button
                type="button"
                className="jp-DataHub-link"
                title={hint}
                onClick={() => onOpen(each)}
              >
                {each.title}
              </button>
              {each.type && (
                <span className="jp-DataHub-quiet">{` ${each.type}`}</span>
              )}
            </li>
          ))}
        </ul>
      </dd>
    </div>
  );
}

/** Whether the bytes of a dataset are where they cannot be fetched from. */
export function isArchived({ status }: Pick<Dataset, 'status'>): boolean {
  return /ARCHIV/.test(status);
}

/** Where the files are, where they are not at hand, and how to get them back. */
export function Archived({
  dataset,
  source,
  onReload
}: IProps & {
  /** The title of the Source it is from. */
  readonly source: string;
  readonly onReload: () => void;
}): ReactElement | null {
  const { trans, client } = useSidebar().hub;
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  if (!isArchived(dataset)) {
    return null;
  }
  const coming = asked || dataset.status === 'UNARCHIVE_PENDING';
  const unarchive = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await client.unarchive(dataset.ref);
      setAsked(true);
      onReload();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="jp-DataHub-notice jp-mod-warning" role="status">
      <p>
        <strong>
          {coming
            ? trans.__(
                '%1 brings the files of this dataset back from its archive.',
                source
              )
            : trans.__(
                'The files of this dataset are in the archive of %1 (%2).',
                source,
                statusWords(dataset.status, trans)
              )}
        </strong>{' '}
        {coming
          ? trans.__('This can take from minutes to days.')
          : trans.__('They have to be brought back before they are loaded.')}
      </p>
      {coming ? (
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal"
          onClick={onReload}
        >
          {trans.__('Look again')}
        </button>
      ) : (
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal"
          disabled={busy}
          onClick={() => void unarchive()}
        >
          {trans.__('Bring them back')}
        </button>
      )}
      {error !== null && <ErrorNotice error={error} spoken />}
    </div>
  );
}
