import type { ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { formatAbsolute } from '../browser/format';
import { urlOf, type IDraft } from './form';
import { sameServer, type IClaims } from './key';

interface IProps {
  readonly claims: IClaims;
  /** The address as typed so far. */
  readonly url: string;
  readonly onDraft: (change: Partial<IDraft>) => void;
}

/** Where a key says that it is of; the user says whether that is the commons that is meant. */
export function Claims({ claims, url, onDraft }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { issuer, expires } = claims;
  const typed = urlOf(url);
  const agrees = sameServer(issuer, typed);
  const over = expires !== '' && Date.parse(expires) < Date.now();
  const other = issuer !== '' && typed !== '' && !agrees;
  return (
    <div
      className={`jp-DataHub-claims ${over || other ? 'jp-mod-warning' : ''}`}
      role="status"
    >
      <p>
        {issuer
          ? trans.__('This key says it was issued by %1.', issuer)
          : trans.__('This key does not say who issued it.')}{' '}
        {over && trans.__('It expired on %1.', formatAbsolute(expires))}
        {expires &&
          !over &&
          trans.__('It is valid until %1.', formatAbsolute(expires))}
      </p>
      {agrees && (
        <p className="jp-DataHub-hint">
          {trans.__('That is the address below. The key is sent only there.')}
        </p>
      )}
      {other && (
        <p>{trans.__('The address below is of another server: %1.', typed)}</p>
      )}
      {issuer && !agrees && (
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => onDraft({ url: issuer })}
        >
          {trans.__('This is my commons: use its address')}
        </button>
      )}
    </div>
  );
}
