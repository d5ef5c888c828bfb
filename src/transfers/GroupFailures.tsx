import { useEffect, useState, type ReactElement } from 'react';

import type { GroupMember, GroupPage, Transfer } from '../api/models';
import { errorSentences } from '../api/sentences';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { formatInteger } from '../browser/format';

/** Files of which the reasons show. */
const SHOWN = 50;

interface IProps {
  readonly transfer: Transfer;
  readonly failed: number;
}

/** The files of a group that failed, each with why, in a fold. */
export function GroupFailures({ transfer, failed }: IProps): ReactElement {
  const { hub } = useSidebar();
  const { trans, client } = hub;
  const { id } = transfer;
  const [open, setOpen] = useState(false);
  const [page, setPage] = useState<GroupPage | null>(null);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    let current = true;
    if (open) {
      client.failedMembers(id, SHOWN).then(
        found => {
          if (current) {
            setPage(found);
            setError(null);
          }
        },
        (reason: unknown) => {
          if (current) {
            setError(reason);
          }
        }
      );
    }
    return () => {
      current = false;
    };
  }, [open, id, failed, client]);

  const rest = page ? page.total - page.members.length : 0;
  return (
    <details
      className="jp-DataHub-failures"
      onToggle={event => setOpen(event.currentTarget.open)}
    >
      <summary>
        {trans._n(
          '%2 file failed',
          '%2 files failed',
          failed,
          formatInteger(failed)
        )}
      </summary>
      {error !== null && <ErrorNotice error={error} />}
      {page && (
        <ul>
          {page.members.map((member: GroupMember) => (
            <li key={member.ref}>
              <span className="jp-DataHub-failedName">{member.name}</span>{' '}
              <span className="jp-DataHub-hint">
                {member.error ? errorSentences(member.error) : ''}
              </span>
            </li>
          ))}
        </ul>
      )}
      {rest > 0 && (
        <p className="jp-DataHub-hint">
          {trans.__('%1 more failed.', formatInteger(rest))}
        </p>
      )}
    </details>
  );
}
