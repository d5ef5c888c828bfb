import type { ReactElement } from 'react';

import type { Dataset, SourceStatus } from '../api/models';
import { useSidebar } from '../browser/context';
import { accessWords } from '../browser/hitWords';
import { CommandIDs } from '../tokens';
import { ExternalLink } from './link';
import { Linked } from './linked';
import { accessSentence } from './words';

interface IProps {
  readonly dataset: Dataset;
  /** What the other Sources are called that have its files. */
  readonly places: readonly string[];
  /** null while it is not known. */
  readonly source: SourceStatus | null;
}

/** Why not everybody may have a dataset, and what to do next; nothing where everybody may. */
export function AccessNotice(props: IProps): ReactElement | null {
  const { dataset, places, source } = props;
  const { commands, hub } = useSidebar();
  const { trans } = hub;
  const { access, access_note, url } = dataset;
  if (access === 'open' || dataset.withdrawn) {
    return null;
  }
  const sentence = accessSentence(access, trans);
  return (
    <div
      className="jp-DataHub-notice jp-mod-warning"
      role="note"
      aria-label={trans.__('Access')}
    >
      <p>
        <strong>
          {access === 'controlled'
            ? trans.__('Managed access')
            : trans.__('Access: %1', accessWords(access, trans))}
        </strong>
      </p>
      <p>
        <Linked
          text={
            access === 'requester_pays' && places.length > 0
              ? trans.__(
                  'Whoever fetches its files pays their host for the bytes. They are in %1, which says how much each costs at most, before a byte is paid for.',
                  places.join(', ')
                )
              : access_note || sentence
          }
        />
      </p>
      <div className="jp-DataHub-noticeActions">
        {url && (
          <ExternalLink url={url}>
            {trans.__('Open its page at %1', source?.title ?? dataset.source)}
          </ExternalLink>
        )}
        {access === 'login' && (
          <button
            type="button"
            className="jp-DataHub-link"
            onClick={() => {
              void commands.execute(CommandIDs.connections, {
                name: dataset.source
              });
            }}
          >
            {trans.__('Connect')}
          </button>
        )}
      </div>
    </div>
  );
}
