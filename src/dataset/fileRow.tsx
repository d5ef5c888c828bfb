import type { TranslationBundle } from '@jupyterlab/translation';
import { memo, useId, useState, type ReactElement } from 'react';

import type { Asset, Transfer } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatBytes, formatInteger } from '../browser/format';
import { accessWords } from '../browser/hitWords';
import { canHave, priceWords } from '../consent/money';
import { MemberList } from '../members/MemberList';
import { MembersToggle } from '../members/MembersToggle';
import { hasModalities, isBundle } from '../members/words';
import { TransferRow } from '../transfers/TransferRow';
import { Checksum } from './checksum';
import { isImage } from './image';
import { Linked } from './linked';
import { isFrame } from './model';
import { accessSentence } from './words';

/** What the rows of a list of files have in common. */
export interface IRows {
  readonly choosing: boolean;
  /** Whether files have actions of their own: not where the page has them for the only one. */
  readonly acting: boolean;
  /** Whether to say who may have each; not where anybody may have all. */
  readonly access: boolean;
  /** Why none of the dataset can be had, which is said above. */
  readonly said: string;
  readonly onToggle: (ref: string) => void;
  readonly onDownload: (asset: Asset) => void;
  readonly onLoad: (asset: Asset) => void;
  /** Looks at an image where it is. */
  readonly onLook: (asset: Asset) => void;
}

interface IProps extends IRows {
  readonly asset: Asset;
  readonly chosen: boolean;
  readonly here: boolean;
  /** What the other Source is called that has its bytes; empty where there is none. */
  readonly place: string;
  /** Its transfer, if there is one that has not come to a good end. */
  readonly transfer: Transfer | null;
}

/** The headings of the columns. */
export function columnsOf(
  access: boolean,
  trans: TranslationBundle
): { [column: string]: string } {
  return {
    name: trans.__('Name'),
    format: trans.__('Format'),
    size: trans.__('Size'),
    ...(access ? { access: trans.__('Access') } : {}),
    checksum: trans.__('Checksum'),
    here: trans.__('On this machine')
  };
}

/** Whether a file can be ticked: anybody may have it, if for money, and it is a file. */
export function canChoose(asset: Asset): boolean {
  return canHave(asset) && !asset.group && !asset.volatile;
}

/** One file: what it is, how large, and what can be done with it, or why nothing can. */
function Row(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { access, asset, choosing, chosen, transfer, onToggle } = props;
  const heads = columnsOf(access, trans);
  const tickable = choosing && canChoose(asset);
  const price = priceWords(asset, trans);
  const bundle = isBundle(asset) && (props.here || canHave(asset));
  const membersId = useId();
  // What is in the only file is what the page is about; a look at an archive fetches next to none.
  const [opened, setOpened] = useState(
    !props.acting &&
      (props.here || (asset.access === 'open' && !hasModalities(asset)))
  );
  const reason = reasonOf(props, trans);
  const row = (
    <tr className={reason ? 'jp-mod-told' : undefined}>
      <th scope="row">
        {choosing && !asset.volatile ? (
          <label className="jp-DataHub-check">
            <input
              type="checkbox"
              checked={chosen}
              disabled={!tickable}
              onChange={() => onToggle(asset.ref)}
            />
            {asset.name}
          </label>
        ) : (
          asset.name
        )}
        {asset.note && <div className="jp-DataHub-hint">{asset.note}</div>}
        {asset.beside.length > 0 && (
          <div className="jp-DataHub-hint">
            {trans.__(
              'Loads together with %1',
              asset.beside.map(({ name }) => name).join(', ')
            )}
          </div>
        )}
        {transfer && (
          <ul
            className="jp-DataHub-transfers"
            aria-label={trans.__('Transfer of %1', asset.name)}
          >
            <TransferRow transfer={transfer} />
          </ul>
        )}
        {bundle && (
          <MembersToggle
            name={asset.name}
            controls={membersId}
            opened={opened}
            onToggle={setOpened}
          />
        )}
      </th>
      <td data-heading={heads.format}>{asset.format}</td>
      <td
        data-heading={heads.size}
        className="jp-DataHub-number"
        title={exactSize(asset, trans)}
      >
        {sizeWords(asset, trans)}
        {price && <div className="jp-DataHub-hint">{price}</div>}
      </td>
      {access && (
        <td
          data-heading={heads.access}
          title={asset.access_note || accessSentence(asset.access, trans)}
        >
          {accessWords(asset.access, trans)}
        </td>
      )}
      <td data-heading={heads.checksum}>
        <Checksum asset={asset} />
      </td>
      <td data-heading={heads.here}>
        <div className="jp-DataHub-fileActions">
          <Here {...props} />
        </div>
      </td>
    </tr>
  );
  return (
    <>
      {row}
      {reason && (
        <tr className="jp-DataHub-fileReason">
          <td colSpan={Object.keys(heads).length}>
            <div className="jp-DataHub-hint">
              <Linked text={reason} />
            </div>
          </td>
        </tr>
      )}
      {bundle && opened && (
        <tr className="jp-DataHub-membersRow" id={membersId}>
          <td colSpan={Object.keys(heads).length}>
            <MemberList
              asset={asset}
              here={props.here}
              onDownload={props.onDownload}
            />
          </td>
        </tr>
      )}
    </>
  );
}

/** The same, made anew only where something of it changes. */
export const FileRow = memo(Row);

/** Why a file cannot be had, and what to do; empty where it can or where that is said above. */
function reasonOf(
  { asset, place, said }: IProps,
  trans: TranslationBundle
): string {
  const { access, access_note } = asset;
  if (access === 'open') {
    return '';
  }
  if (access === 'requester_pays' && place) {
    return trans.__(
      'Whoever fetches it pays its host. %1 says how much at most, before a byte is paid for.',
      place
    );
  }
  const reason = access_note || accessSentence(access, trans);
  return reason === said ? '' : reason;
}

function Here(props: IProps): ReactElement {
  const { hub } = useSidebar();
  const { trans } = hub;
  const { acting, asset, here, place, transfer } = props;
  const { onDownload, onLoad, onLook } = props;
  const loads = asset.loads_as_anndata || isFrame(asset);
  const may = here || canHave(asset);
  const moving =
    transfer !== null && !['failed', 'cancelled'].includes(transfer.state);
  return (
    <>
      {here && <span>{trans.__('✓ yes')}</span>}
      {acting && may && !moving && (!here || asset.volatile) && (
        <button
          type="button"
          className="jp-DataHub-link"
          aria-label={trans.__('Download %1', asset.name)}
          onClick={() => onDownload(asset)}
        >
          {here ? trans.__('Make anew') : trans.__('Download')}
        </button>
      )}
      {acting && may && loads && (
        <button
          type="button"
          className="jp-DataHub-link"
          aria-label={trans.__('Load %1', asset.name)}
          title={
            asset.loads_as_anndata
              ? trans.__('Load it into the notebook as an AnnData')
              : trans.__('Load it into the notebook as a data frame')
          }
          onClick={() => onLoad(asset)}
        >
          {trans.__('Load')}
        </button>
      )}
      {!may && place && (
        <button
          type="button"
          className="jp-DataHub-link"
          aria-label={trans.__('Open %1 in %2', asset.name, place)}
          title={
            asset.access === 'login'
              ? trans.__('Its bytes are there: fetch them once you are let in.')
              : trans.__(
                  'Its bytes are there: see what they cost and fetch them.'
                )
          }
          onClick={() => hub.openDataset(asset.elsewhere)}
        >
          {trans.__('Open in %1', place)}
        </button>
      )}
      {!here && (!acting || !may) && <span>{trans.__('no')}</span>}
      {isImage(asset) && (may || asset.access === 'requester_pays') && (
        <button
          type="button"
          className="jp-DataHub-link"
          aria-label={trans.__('Look at %1', asset.name)}
          title={trans.__(
            'Show it and its channels; only small parts of it are fetched'
          )}
          onClick={() => onLook(asset)}
        >
          {trans.__('Look at it')}
        </button>
      )}
    </>
  );
}

function sizeWords(
  { rounded_size, size, volatile }: Asset,
  trans: TranslationBundle
): string {
  if (size !== null) {
    return formatBytes(size);
  }
  if (rounded_size !== null) {
    return trans.__('about %1', formatBytes(rounded_size));
  }
  return volatile ? trans.__('made on demand') : trans.__('not known');
}

function exactSize(
  { rounded_size, size, volatile }: Asset,
  trans: TranslationBundle
): string {
  if (size !== null) {
    return trans._n('%2 byte', '%2 bytes', size, formatInteger(size));
  }
  if (rounded_size !== null) {
    return trans.__('Its page says so, rounded.');
  }
  return volatile
    ? trans.__('It is made when it is asked for, which may take minutes.')
    : trans.__('Its catalog does not say how large it is.');
}
