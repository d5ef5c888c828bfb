import { copyIcon } from '@jupyterlab/ui-components';
import { Clipboard } from '@jupyterlab/apputils';
import { useEffect, type ReactElement } from 'react';

import type { LibraryItem, LibraryListing } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { formatAbsolute, formatBytes, formatRelative } from '../browser/format';
import { IconButton } from '../browser/IconButton';
import { useSignal } from '../browser/useSignal';
import { loadIcon, trashIcon } from '../icons';
import { confirmRemoval } from './confirmRemoval';

/** The files on this machine and the room that is left. */
export function LibraryList(): ReactElement {
  const { trans, library } = useSidebar().hub;
  const listing = useSignal(library.changed, () => library.listing);
  const error = useSignal(library.changed, () => library.error);
  useEffect(() => void library.refresh(), [library]);
  return (
    <>
      {error !== null && (
        <ErrorNotice
          error={error}
          lead={trans.__('The library could not be read.')}
          onRetry={() => void library.refresh()}
        />
      )}
      {listing && <Room listing={listing} />}
      {listing?.items.length === 0 && (
        <p className="jp-DataHub-hint">
          {trans.__(
            'The library is empty. What you download is kept here once, however many notebooks use it.'
          )}
        </p>
      )}
      {listing && listing.items.length > 0 && (
        <ul className="jp-DataHub-library" aria-label={trans.__('Library')}>
          {listing.items.map(item => (
            <Item key={item.sha256} item={item} />
          ))}
        </ul>
      )}
    </>
  );
}

function Room({ listing }: { listing: LibraryListing }): ReactElement {
  const { trans, library } = useSidebar().hub;
  const { used, reserve, partial, path } = listing;
  const usable = library.room ?? 0;
  const whole = used + partial + usable;
  const share = whole > 0 ? ((used + partial) / whole) * 100 : 0;
  const words = trans.__(
    '%1 used, room for %2 more',
    formatBytes(used + partial),
    formatBytes(usable)
  );
  const hint = [
    path,
    partial > 0
      ? trans.__('%1 of unfinished downloads', formatBytes(partial))
      : '',
    trans.__('%1 of the disk stay free', formatBytes(reserve))
  ];
  return (
    <div
      className="jp-DataHub-room"
      title={hint.filter(line => line).join('\n')}
    >
      <div
        className="jp-DataHub-bar"
        role="meter"
        aria-label={trans.__('Room of the library')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share)}
        aria-valuetext={words}
      >
        <div
          className="jp-DataHub-barDone"
          style={{ width: `${share.toFixed(2)}%` }}
        />
      </div>
      <span>{words}</span>
    </div>
  );
}

function Item({ item }: { item: LibraryItem }): ReactElement {
  const { hub, run } = useSidebar();
  const { trans, library } = hub;
  const { ref, title, name, size, path, retrieved, links, shared } = item;
  const label = title || name;
  const facts = [
    formatBytes(size),
    formatRelative(retrieved),
    links.length > 0 ? trans._n('%1 link', '%1 links', links.length) : '',
    shared ? trans.__('shared, read-only') : ''
  ];
  return (
    <li className="jp-DataHub-item">
      <div className="jp-DataHub-itemText">
        <span className="jp-DataHub-itemTitle" title={`${label}\n${name}`}>
          {label}
        </span>
        <span
          className="jp-DataHub-itemFacts"
          title={[formatAbsolute(retrieved), ...links].join('\n')}
        >
          {facts.filter(fact => fact).join(' · ')}
        </span>
      </div>
      {ref && (
        <IconButton
          icon={loadIcon}
          label={trans.__('Load %1 into the notebook', label)}
          onClick={() => run(() => hub.load(ref, title))}
        />
      )}
      <IconButton
        icon={copyIcon}
        label={trans.__('Copy the path of %1', label)}
        onClick={() => Clipboard.copyToSystem(links[0] ?? path)}
      />
      {!shared && (
        <IconButton
          icon={trashIcon}
          label={trans.__('Remove %1 from the library', label)}
          onClick={() =>
            run(async () => {
              if (await confirmRemoval(item, trans)) {
                await library.remove(item);
              }
            })
          }
        />
      )}
    </li>
  );
}
