import type { ReactElement } from 'react';

import type { DatasetPage, SourceStatus } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatAbsolute } from '../browser/format';
import { accessWords } from '../browser/hitWords';
import { Tooltip } from '../browser/Tooltip';
import { lockIcon } from '../icons';
import { CommandIDs } from '../tokens';
import { doiOf, doiUrl } from './cite';
import { ExternalLink } from './link';
import { isStored, newerVersions } from './model';
import { chooseVersion } from './versions';
import { accessSentence } from './words';

interface IProps {
  readonly page: DatasetPage;
  /** null while it is not known. */
  readonly source: SourceStatus | null;
  readonly headingId: string;
  /** Read the page again. */
  readonly onRetry: () => void;
}

/** The title of a dataset, where it is from and which version it is. */
export function Head(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { page, source, headingId } = props;
  const { dataset } = page;
  const { access, access_note, extra, licence, licence_url } = dataset;
  // A store shows what one may have; that anybody may, it does not say.
  const type =
    isStored(dataset) && typeof extra.type === 'string' ? extra.type : '';
  return (
    <header className="jp-DataHub-pageHead">
      <h1 id={headingId}>{dataset.title}</h1>
      <ul className="jp-DataHub-pills">
        <li className="jp-DataHub-pill" title={source?.url}>
          {source?.title ?? dataset.source}
        </li>
        {type && <li className="jp-DataHub-pill">{type}</li>}
        {(access !== 'open' || !type) && (
          <li className="jp-DataHub-pill" data-access={access}>
            {access !== 'open' && (
              <lockIcon.react
                tag="span"
                className="jp-DataHub-icon"
                aria-hidden="true"
              />
            )}
            <span title={access_note || accessSentence(access, trans)}>
              {accessWords(access, trans)}
            </span>
          </li>
        )}
        {licence && (
          <li className="jp-DataHub-pill">
            {licence_url ? (
              <ExternalLink url={licence_url}>{licence}</ExternalLink>
            ) : (
              licence
            )}
          </li>
        )}
      </ul>
      <Origin {...props} />
      {dataset.withdrawn ? (
        <Withdrawn {...props} />
      ) : (
        dataset.newest_ref &&
        dataset.newest_ref !== dataset.ref && <Replaced {...props} />
      )}
    </header>
  );
}

function Origin({ page, onRetry }: IProps): ReactElement {
  const { commands, hub } = useSidebar();
  const { trans } = hub;
  const { dataset, versions, versions_error } = page;
  const { collection, revised, published, version } = dataset;
  const newer = newerVersions(page);
  const doi = doiOf(dataset);
  const date = revised || published;
  // What is asked for anew each time, or known by a checksum, has no version that people know.
  const named = /^(live|[0-9a-f]{12,})$/.test(version) ? '' : version;
  const name = date.slice(0, 10) || named;
  // A project that is a collection of nothing else is named above.
  const group = collection?.id === dataset.id ? null : collection;
  return (
    <p className="jp-DataHub-origin">
      {dataset.owner && !isStored(dataset) && (
        <span>
          {trans.__('Part of')}{' '}
          <button
            type="button"
            className="jp-DataHub-link"
            onClick={() => hub.openDataset(dataset.owner!.ref)}
          >
            {dataset.owner.title}
          </button>
        </span>
      )}
      {group && !dataset.owner && (
        <span>
          {trans.__('Collection')}{' '}
          {group.url ? (
            <ExternalLink url={group.url}>{group.title}</ExternalLink>
          ) : (
            group.title
          )}
        </span>
      )}
      {name && (
        <span title={formatAbsolute(date)}>
          {trans.__('Version %1', name)}
          {versions.length > 1 && (
            <button
              type="button"
              className="jp-DataHub-link"
              aria-haspopup="menu"
              onClick={event =>
                chooseVersion(page, event.currentTarget, commands, trans)
              }
            >
              {newer.length
                ? trans._n('%1 newer', '%1 newer', newer.length)
                : trans._n(
                    'newest of %1 version',
                    'newest of %1 versions',
                    versions.length
                  )}
              <span aria-hidden="true"> ▾</span>
            </button>
          )}
          {versions_error && (
            <Tooltip words={`${versions_error.message} ${versions_error.hint}`}>
              {attributes => (
                <button
                  {...attributes}
                  type="button"
                  className="jp-DataHub-link"
                  onClick={onRetry}
                >
                  {trans.__('other versions are not known')}
                </button>
              )}
            </Tooltip>
          )}
        </span>
      )}
      {doi && <ExternalLink url={doiUrl(doi)}>{'doi:' + doi}</ExternalLink>}
    </p>
  );
}

function Withdrawn({ page, source }: IProps): ReactElement {
  const { commands, hub } = useSidebar();
  const { trans } = hub;
  const { dataset } = page;
  const [newest] = newerVersions(page);
  const ref = dataset.newest_ref || newest?.ref;
  return (
    <div className="jp-DataHub-notice jp-mod-warning" role="note">
      <p>
        <strong>
          {trans.__(
            'This version was withdrawn by %1.',
            source?.title ?? dataset.source
          )}
        </strong>{' '}
        {trans.__(
          'A file that is in your library stays there; results made with it should say so.'
        )}
      </p>
      {ref && ref !== dataset.ref && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal"
          onClick={() => {
            void commands.execute(CommandIDs.openDataset, { ref });
          }}
        >
          {trans.__('Open the newest version')}
        </button>
      )}
    </div>
  );
}

/** The catalog has a release after the one that this is of. */
function Replaced({ page, source }: IProps): ReactElement {
  const { hub } = useSidebar();
  const { trans } = hub;
  const { dataset } = page;
  return (
    <div className="jp-DataHub-notice" role="note">
      <p>
        {trans.__(
          '%1 has a newer release than the one that this identifier names (%2).',
          source?.title ?? dataset.source,
          dataset.version
        )}
      </p>
      <button
        type="button"
        className="jp-mod-styled jp-mod-minimal"
        onClick={() => hub.openDataset(dataset.newest_ref)}
      >
        {trans.__('Open it in the newest release')}
      </button>
    </div>
  );
}
