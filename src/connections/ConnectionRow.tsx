import type { ReactElement } from 'react';

import type { Connection } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { IconButton } from '../browser/IconButton';
import { useAttempt } from '../browser/useAttempt';
import { trashIcon } from '../icons';
import { connectionTitle, originWords, secretWords, stateWords } from './words';

interface IProps {
  readonly connection: Connection;
  /** Whether its form is open. */
  readonly editing: boolean;
  readonly onConnect: () => void;
  readonly onRemove: () => Promise<void>;
}

/** One connection: where, who, until when, and what can be done about it. */
export function ConnectionRow(props: IProps): ReactElement {
  const { trans, connections } = useSidebar().hub;
  const { connection, editing, onConnect, onRemove } = props;
  const { busy, error, attempt, forget } = useAttempt();
  const title = connectionTitle(connection);
  const { name, state, url } = connection;
  // That there is something for everybody is nothing to be warned of.
  const open = connection.anonymous && state === 'disconnected';

  const details = [
    secretWords(connection, trans),
    originWords(connection, trans)
  ].filter(Boolean);
  return (
    <li className={`jp-DataHub-connection jp-mod-${state}`}>
      <div className="jp-DataHub-connectionHead">
        <span className="jp-DataHub-connectionText">
          <span className="jp-DataHub-connectionTitle">
            <span className="jp-DataHub-standing" aria-hidden="true" />
            {title}
          </span>
          <span className="jp-DataHub-connectionState">
            {stateWords(connection, trans)}
          </span>
          <span className="jp-DataHub-connectionUrl">{url}</span>
        </span>
        {state === 'connected' ? (
          <button
            type="button"
            className="jp-mod-styled"
            disabled={busy}
            aria-label={trans.__('Disconnect from %1', title)}
            onClick={() =>
              void attempt(() => connections.change(name, 'disconnect'))
            }
          >
            {trans.__('Disconnect')}
          </button>
        ) : (
          <button
            type="button"
            className="jp-mod-styled"
            disabled={busy || editing}
            aria-label={trans.__('Connect to %1', title)}
            onClick={onConnect}
          >
            {state === 'expired'
              ? trans.__('Connect again')
              : trans.__('Connect')}
          </button>
        )}
        {connection.editable && (
          <IconButton
            icon={trashIcon}
            label={trans.__('Delete the connection to %1', title)}
            disabled={busy}
            onClick={() => void attempt(onRemove)}
          />
        )}
      </div>
      {details.length > 0 && (
        <p className="jp-DataHub-hint">{details.join(' · ')}</p>
      )}
      {connection.rights.length > 0 && (
        <ul
          className="jp-DataHub-hint jp-DataHub-rights"
          aria-label={trans.__('What you may do there')}
        >
          {connection.rights.map(right => (
            <li key={right}>{right}</li>
          ))}
        </ul>
      )}
      {connection.note && (
        <p
          className={
            open ? 'jp-DataHub-hint' : 'jp-DataHub-notice jp-mod-warning'
          }
        >
          {connection.note}
        </p>
      )}
      {connection.error && state !== 'disconnected' && (
        <ErrorNotice
          error={connection.error}
          onRetry={() => void attempt(() => connections.change(name, 'check'))}
        />
      )}
      {error !== null && <ErrorNotice error={error} spoken onHide={forget} />}
    </li>
  );
}
