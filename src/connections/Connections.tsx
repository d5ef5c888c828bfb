import { Dialog, showDialog } from '@jupyterlab/apputils';
import { addIcon } from '@jupyterlab/ui-components';
import { useEffect, useState, type ReactElement } from 'react';

import type { Connection } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { Skeleton } from '../browser/Skeleton';
import { useSignal } from '../browser/useSignal';
import { ConnectionForm } from './ConnectionForm';
import { ConnectionRow } from './ConnectionRow';
import {
  check,
  draftOf,
  EMPTY_DRAFT,
  nameFor,
  place,
  requestOf,
  type IDraft,
  type Problems
} from './form';
import { exampleOf, OPENBIS } from './kinds';
import { connectionTitle, stateWords } from './words';

interface IProps {
  /** The connection that somebody wants to use; its form opens where it needs one. */
  readonly wanted: string;
  readonly onClose: () => void;
}

/** All connections, and the form of the one that is made or renewed. */
export function Connections({ wanted, onClose }: IProps): ReactElement {
  const { trans, connections } = useSidebar().hub;
  const items = useSignal(connections.changed, () => connections.items);
  const failure = useSignal(connections.changed, () => connections.error);
  const kinds = useSignal(connections.changed, () => connections.kinds);
  const [draft, setDraft] = useState<IDraft | null>(() => {
    const connection = connections.find(wanted);
    return connection && connection.state !== 'connected'
      ? draftOf(connection, connections.kinds)
      : null;
  });
  const [problems, setProblems] = useState<Problems>({});
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');

  useEffect(() => void connections.refresh(), [connections]);
  const nothing = items !== null && items.length === 0;
  const shown = draft ?? (nothing ? EMPTY_DRAFT : null);

  const edit = (next: IDraft | null): void => {
    setProblems({});
    setDraft(next);
  };
  const submit = async (): Promise<void> => {
    if (!shown || busy) {
      return;
    }
    const wrong = check(shown, trans, exampleOf(shown.kind, kinds));
    setProblems(wrong);
    if (Object.keys(wrong).length > 0) {
      return;
    }
    setBusy(true);
    setSaid('');
    const taken = (items ?? []).map(({ name }) => name);
    try {
      const connection = await connections.connect(
        shown.name || nameFor(shown, taken),
        requestOf(shown)
      );
      edit(null);
      setSaid(
        `${connectionTitle(connection)}: ${stateWords(connection, trans)}.`
      );
    } catch (error) {
      setProblems(place(error, shown, trans));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="jp-DataHub-modalBody">
      {failure !== null && (
        <ErrorNotice
          error={failure}
          lead={trans.__('The connections cannot be read.')}
          spoken
          onRetry={() => void connections.refresh()}
        />
      )}
      {items === null && failure === null && <Skeleton rows={2} />}
      {nothing && (
        <p className="jp-DataHub-modalLead">
          {trans.__(
            'Connect to openBIS or to a Gen3 data commons to browse and search it, to load its datasets, and to save notebooks there with their results.'
          )}
        </p>
      )}
      {items !== null && items.length > 0 && (
        <ul
          className="jp-DataHub-connections"
          aria-label={trans.__('Connections')}
        >
          {items.map(connection => (
            <ConnectionRow
              key={connection.name}
              connection={connection}
              editing={draft?.name === connection.name}
              onConnect={() => edit(draftOf(connection, kinds))}
              onRemove={() => askToRemove(connection)}
            />
          ))}
        </ul>
      )}
      <p className="jp-DataHub-said" role="status">
        {said}
      </p>
      {shown ? (
        <ConnectionForm
          key={shown.name}
          draft={shown}
          kinds={kinds}
          problems={problems}
          busy={busy}
          onDraft={change => setDraft({ ...shown, ...change })}
          onSubmit={() => void submit()}
          onCancel={() => (nothing ? onClose() : edit(null))}
        />
      ) : (
        items !== null && (
          <div className="jp-DataHub-formActions">
            <button
              type="button"
              className="jp-mod-styled jp-DataHub-add"
              onClick={() => edit(EMPTY_DRAFT)}
            >
              <addIcon.react
                tag="span"
                className="jp-DataHub-icon"
                aria-hidden="true"
              />
              {trans.__('New connection')}
            </button>
            <button
              type="button"
              className="jp-mod-styled jp-mod-accept"
              onClick={onClose}
            >
              {trans.__('Done')}
            </button>
          </div>
        )
      )}
    </div>
  );

  async function askToRemove(connection: Connection): Promise<void> {
    const title = connectionTitle(connection);
    const { button } = await showDialog({
      title: trans.__('Delete the connection to %1?', title),
      body:
        connection.kind === OPENBIS
          ? trans.__(
              'You are logged out, and its address and token are forgotten; a token that was made here ends. What was downloaded stays; no data change in openBIS.'
            )
          : trans.__(
              'You are logged out, and its address and what lets you in are forgotten. What was downloaded stays; nothing changes there.'
            ),
      // Enter keeps it.
      defaultButton: 0,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Keep it') }),
        Dialog.warnButton({ label: trans.__('Delete') })
      ]
    });
    if (button.accept) {
      await connections.remove(connection.name);
      if (draft?.name === connection.name) {
        edit(null);
      }
    }
  }
}
