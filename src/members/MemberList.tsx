import { useId, useState, type ReactElement } from 'react';

import type { Asset, Member, MemberListing } from '../api/models';
import { sentences } from '../api/sentences';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { formatBytes } from '../browser/format';
import { mostOf, PaidLook } from '../consent/PaidLook';
import { TransferRow } from '../transfers/TransferRow';
import { useTransfer } from '../transfers/useTransfer';
import { useMembers } from './useMembers';
import { extentWords, hasModalities, kindWords, totalWords } from './words';

/** Members above which they can be filtered by name. */
const FILTERED = 15;

interface IProps {
  readonly asset: Asset;
  /** Whether the file is on this machine. */
  readonly here: boolean;
  readonly onDownload: (asset: Asset) => void;
}

/** What is in an archive or a MuData, each with what it becomes and a way to load it. */
export function MemberList(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { asset, here, onDownload } = props;
  const { listing, error, load } = useMembers(asset.ref);
  if (error !== null) {
    const most = mostOf(error);
    return most === null ? (
      <ErrorNotice
        error={error}
        lead={trans.__('What is in %1 cannot be listed.', asset.name)}
        onRetry={() => load(null)}
      />
    ) : (
      <PaidLook
        lead={trans.__('Whoever looks at this file pays for what is fetched.')}
        most={most}
        trans={trans}
        onAgree={load}
      />
    );
  }
  if (!listing) {
    return (
      <p className="jp-DataHub-quiet" role="status" aria-busy="true">
        {trans.__('Looking at what is in it…')}
      </p>
    );
  }
  if (listing.after_download) {
    return (
      <p className="jp-DataHub-members">
        {sentences([listing.note])}{' '}
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => onDownload(asset)}
        >
          {asset.size === null
            ? trans.__('Download it')
            : trans.__('Download it (%1)', formatBytes(asset.size))}
        </button>
      </p>
    );
  }
  return <List asset={asset} listing={listing} here={here} />;
}

function List({
  asset,
  listing,
  here
}: {
  readonly asset: Asset;
  readonly listing: MemberListing;
  readonly here: boolean;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const captionId = useId();
  const [text, setText] = useState('');
  const { members, note } = listing;
  const wanted = text.trim().toLowerCase();
  const shown = members.filter(({ path }) =>
    path.toLowerCase().includes(wanted)
  );
  return (
    <div className="jp-DataHub-members">
      <p id={captionId} className="jp-DataHub-hint" role="status">
        {totalWords(listing, hasModalities(asset), trans)}{' '}
        {!here &&
          members.some(({ loads }) => loads) &&
          (listing.apart
            ? trans.__(
                'To load one, only that one is downloaded, without the rest of the file.'
              )
            : asset.size === null
              ? trans.__('To load one, all of the file is downloaded once.')
              : trans.__(
                  'To load one, all of the file (%1) is downloaded once.',
                  formatBytes(asset.size)
                ))}{' '}
        {note && sentences([note])}
      </p>
      {members.length > FILTERED && (
        <input
          type="search"
          className="jp-DataHub-facetFilter"
          placeholder={trans.__('Filter by name')}
          aria-label={trans.__('Filter what is in %1 by name', asset.name)}
          value={text}
          onChange={event => setText(event.target.value)}
        />
      )}
      {members.length === 0 && (
        <p className="jp-DataHub-quiet">
          {trans.__('There is nothing in it.')}
        </p>
      )}
      {members.length > 0 && shown.length === 0 && (
        <p className="jp-DataHub-quiet">
          {trans.__('Nothing in it has such a name.')}
        </p>
      )}
      {shown.length > 0 && (
        <ul
          className="jp-DataHub-memberList"
          aria-label={trans.__('What is in %1', asset.name)}
          aria-describedby={captionId}
        >
          {shown.map(member => (
            <Row key={member.path} member={member} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Row({ member }: { readonly member: Member }): ReactElement {
  const { hub, run } = useSidebar();
  const { trans } = hub;
  const { here, loads, path, ref } = member;
  const transfer = useTransfer(
    item => item.ref === ref && !['done', 'cancelled'].includes(item.state)
  );
  return (
    <li className={loads ? undefined : 'jp-mod-unusable'}>
      <span className="jp-DataHub-memberName">{path}</span>
      <span className="jp-DataHub-memberExtent">
        {extentWords(member, trans)}
      </span>
      <span className="jp-DataHub-memberKind">
        {kindWords(member, trans)}
        {here && ` · ${trans.__('on this machine')}`}
      </span>
      <span className="jp-DataHub-memberAction">
        {loads && (
          <button
            type="button"
            className="jp-DataHub-link"
            aria-label={trans.__('Load %1', path)}
            title={trans.__('Load it into the notebook as an AnnData')}
            disabled={transfer !== null && transfer.state !== 'failed'}
            onClick={() => run(() => hub.load(ref, path))}
          >
            {trans.__('Load')}
          </button>
        )}
      </span>
      {transfer && (
        <ul
          className="jp-DataHub-transfers"
          aria-label={trans.__('Transfer of %1', path)}
        >
          <TransferRow transfer={transfer} />
        </ul>
      )}
    </li>
  );
}
