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
      {dataset.withdrawn && <Withdrawn {...props} />}
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
  const name = date.slice(0, 10) || version;
  return (
    <p className="jp-DataHub-origin">
      {collection && (
        <span>
          {trans.__('Collection')}{' '}
          {collection.url ? (
            <ExternalLink url={collection.url}>{collection.title}</ExternalLink>
          ) : (
            collection.title
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
