import type { ReactElement } from 'react';

import type { Collection, Dataset, Link } from '../api/models';
import { useSidebar } from '../browser/context';
import { authorsOf } from './cite';
import { CopyButton } from './CopyButton';
import { Fact } from './Fact';
import { ExternalLink } from './link';
import { isStored } from './model';
import { TOLD } from './registration';
import { COLLECTION_LINK } from './related';
import { accessSentence, sentenceCase } from './words';

/** Authors that are named before "and n more". */
const FEW = 6;

interface IProps {
  readonly dataset: Dataset;
}

/** What the catalog tells about a dataset in words. */
export function About({ dataset }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { citation, collection, description, properties, ref } = dataset;
  // What is told beside its name elsewhere on the page is not told twice.
  const told = new Set(properties.map(({ url }) => url).filter(Boolean));
  const links = dataset.links.filter(
    ({ kind, url }) => kind !== COLLECTION_LINK && !told.has(url)
  );
  const texts = [description, collection?.description ?? ''].filter(
    (text, index, all) => text && all.indexOf(text) === index
  );
  return (
    <div className="jp-DataHub-about">
      {texts.length > 0
        ? texts.map(text => <p key={text}>{text}</p>)
        : properties.length === 0 && (
            <p className="jp-DataHub-quiet">
              {trans.__('Its catalog describes it no further.')}
            </p>
          )}
      <dl className="jp-DataHub-facts">
        <Authors dataset={dataset} />
        {collection?.contact && <Contact collection={collection} />}
        {links.length > 0 && (
          <Fact title={trans.__('Links')}>
            <Links links={links} />
          </Fact>
        )}
        {!isStored(dataset) && (
          <Fact title={trans.__('Access')}>
            {accessSentence(dataset.access, trans)}
          </Fact>
        )}
        {citation && (
          <Fact title={trans.__('Citation')}>
            {citation} <CopyButton text={citation} label={trans.__('Copy')} />
          </Fact>
        )}
        <Fact title={trans.__('Identifier')}>
          <code>{ref}</code>
          <CopyButton text={ref} label={trans.__('Copy')} />
        </Fact>
      </dl>
    </div>
  );
}

function Authors({ dataset }: IProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const authors = authorsOf(dataset);
  if (authors.length === 0) {
    return null;
  }
  const hidden = authors.length - FEW;
  const named = (hidden > 1 ? authors.slice(0, FEW) : authors).join(', ');
  return (
    <Fact title={trans.__('Authors')}>
      <span title={authors.join(', ')}>
        {hidden > 1 ? trans.__('%1 and %2 more', named, hidden) : named}
      </span>
    </Fact>
  );
}

function Contact({
  collection
}: {
  readonly collection: Collection;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const { contact } = collection;
  const address = /[^\s<>()]+@[^\s<>()]+\.[^\s<>()]+/.exec(contact)?.[0];
  return (
    <Fact title={trans.__('Contact')}>
      {address ? <a href={'mailto:' + address}>{contact}</a> : contact}
    </Fact>
  );
}

function Links({ links }: { readonly links: readonly Link[] }): ReactElement {
  return (
    <ul>
      {links.map(({ kind, title, url }) => (
        <li key={kind + url}>
          <ExternalLink url={url}>{title || url}</ExternalLink>
          {kind && (
            <span className="jp-DataHub-quiet">
              {' '}
              {sentenceCase(kind.toLowerCase())}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Every field of the catalog's record that has no place of its own on the page. */
export function Extra({ dataset }: IProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const told = isStored(dataset) ? TOLD : new Set<string>();
  const fields = Object.entries(dataset.extra).filter(
    ([name, value]) =>
      !told.has(name) &&
      value !== null &&
      value !== '' &&
      !(Array.isArray(value) && value.length === 0)
  );
  if (fields.length === 0) {
    return null;
  }
  return (
    <details className="jp-DataHub-extra">
      <summary>
        {trans._n(
          '%1 more field of the catalog',
          '%1 more fields of the catalog',
          fields.length
        )}
      </summary>
      <dl className="jp-DataHub-facts">
        {fields.map(([name, value]) => (
          <Fact key={name} title={sentenceCase(name)}>
            {valueText(value)}
          </Fact>
        ))}
      </dl>
    </details>
  );
}

/** A value of a catalog's record as text: lists by commas, records as JSON. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(valueText).join(', ');
  }
  return typeof value === 'object' && value !== null
    ? JSON.stringify(value)
    : String(value);
}
