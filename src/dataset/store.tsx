import { useEffect, useRef, useState, type ReactElement } from 'react';

import type { Dataset, Related } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { useAttempt } from '../browser/useAttempt';
import { statusWords } from '../tree/words';
import { isStored } from './model';

interface IProps {
  readonly dataset: Dataset;
}

/** What something belongs to, what it was made from and what was made from it. */
export function Relations({ dataset }: IProps): ReactElement | null {
  const { hub } = useSidebar();
  const { trans } = hub;
  const { entity, owner, parents, children } = dataset;
  if (!owner && parents.length === 0 && children.length === 0) {
    return null;
  }
  const open = ({ ref }: Related): void => hub.openDataset(ref);
  return (
    <>
      <h2>
        {owner ? trans.__('Belongs to') : trans.__('Hangs together with')}
      </h2>
      <dl className="jp-DataHub-facts">
        {owner && (
          <Line
            title={
              entity || !isStored(dataset)
                ? trans.__('Part of')
                : trans.__('Owner')
            }
            related={[owner]}
            onOpen={open}
          />
        )}
        <Line
          title={entity ? trans.__('Parents') : trans.__('Made from')}
          related={parents}
          onOpen={open}
        />
        <Line
          title={entity ? trans.__('Children') : trans.__('Used for')}
          related={children}
          onOpen={open}
        />
      </dl>
    </>
  );
}

interface ILineProps {
  readonly title: string;
  readonly related: readonly Related[];
  readonly onOpen: (related: Related) => void;
}

function Line(props: ILineProps): ReactElement | null {
  const { title, related, onOpen } = props;
  const { trans } = useSidebar().hub;
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
                title={trans.__('Open its page')}
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

/** Milliseconds between looks at a dataset that is on its way back from the archive. */
const LOOK_AGAIN = 30_000;

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
  const { busy, error, attempt } = useAttempt();
  const archived = isArchived(dataset);
  const coming = archived && (asked || dataset.status === 'UNARCHIVE_PENDING');
  const reload = useRef(onReload);
  reload.current = onReload;
  useEffect(() => {
    if (!coming) {
      return;
    }
    const timer = window.setInterval(() => reload.current(), LOOK_AGAIN);
    return () => window.clearInterval(timer);
  }, [coming]);
  if (!archived) {
    return null;
  }
  const unarchive = async (): Promise<void> => {
    await client.unarchive(dataset.ref);
    setAsked(true);
    onReload();
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
            : dataset.status === 'ARCHIVED'
              ? trans.__(
                  'The files of this dataset are in the archive of %1.',
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
        <button type="button" className="jp-DataHub-link" onClick={onReload}>
          {trans.__('Look again')}
        </button>
      ) : (
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          disabled={busy}
          onClick={() => void attempt(unarchive)}
        >
          {trans.__('Bring them back')}
        </button>
      )}
      {error !== null && <ErrorNotice error={error} spoken />}
    </div>
  );
}
