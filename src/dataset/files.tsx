import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';

import type { Asset, DatasetPage } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatBytes, formatInteger } from '../browser/format';
import { accessWords } from '../browser/hitWords';
import { isLocal } from './model';
import { accessSentence } from './words';

interface IProps {
  readonly page: DatasetPage;
  readonly onDownload: (asset: Asset) => void;
}

/** The files of a dataset. */
export function Files({ page, onDownload }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { dataset, in_library } = page;
  if (dataset.assets.length === 0) {
    return (
      <p className="jp-DataHub-quiet">
        {trans.__('Its catalog offers no file of this dataset.')}
      </p>
    );
  }
  const local = isLocal(dataset);
  const heads = {
    format: trans.__('Format'),
    size: trans.__('Size'),
    access: trans.__('Access'),
    checksum: trans.__('Checksum'),
    here: trans.__('On this machine')
  };
  return (
    <div
      className="jp-DataHub-files"
      role="region"
      aria-label={trans.__('Files')}
      // A table wider than the tab is scrolled, with the keyboard as well.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">{trans.__('Name')}</th>
            <th scope="col">{heads.format}</th>
            <th scope="col" className="jp-DataHub-number">
              {heads.size}
            </th>
            <th scope="col">{heads.access}</th>
            <th scope="col">{heads.checksum}</th>
            <th scope="col">{heads.here}</th>
          </tr>
        </thead>
        <tbody>
          {dataset.assets.map(asset => (
            <tr key={asset.ref}>
              <th scope="row">{asset.name}</th>
              <td data-heading={heads.format}>{asset.format}</td>
              <td
                data-heading={heads.size}
                className="jp-DataHub-number"
                title={exactSize(asset, trans)}
              >
                {asset.size === null
                  ? trans.__('not known')
                  : formatBytes(asset.size)}
              </td>
              <td
                data-heading={heads.access}
                title={asset.access_note || accessSentence(asset.access, trans)}
              >
                {accessWords(asset.access, trans)}
              </td>
              <td data-heading={heads.checksum}>
                <Checksum asset={asset} />
              </td>
              <td data-heading={heads.here}>
                <Here
                  asset={asset}
                  here={local || in_library.includes(asset.ref)}
                  onDownload={dataset.assets.length > 1 ? onDownload : null}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Here({
  asset,
  here,
  onDownload
}: {
  readonly asset: Asset;
  readonly here: boolean;
  /** null where the page has a button for the only file. */
  readonly onDownload: ((asset: Asset) => void) | null;
}): ReactElement {
  const { trans } = useSidebar().hub;
  if (here) {
    return <span>{trans.__('✓ yes')}</span>;
  }
  if (!onDownload || asset.access !== 'open') {
    return <span>{trans.__('no')}</span>;
  }
  return (
    <button
      type="button"
      className="jp-DataHub-link"
      aria-label={trans.__('Download %1', asset.name)}
      onClick={() => onDownload(asset)}
    >
      {trans.__('Download')}
    </button>
  );
}

function exactSize({ size }: Asset, trans: TranslationBundle): string {
  return size === null
    ? trans.__('Its catalog does not say how large it is.')
    : trans._n('%2 byte', '%2 bytes', size, formatInteger(size));
}

function Checksum({ asset }: { readonly asset: Asset }): ReactElement {
  const { trans } = useSidebar().hub;
  const checksums = Object.entries(asset.checksums);
  if (checksums.length === 0) {
    return (
      <span
        className="jp-DataHub-quiet"
        title={trans.__(
          'Its catalog publishes none. The length is checked, and a checksum is computed while it comes.'
        )}
      >
        {trans.__('none published')}
      </span>
    );
  }
  return (
    <>
      {checksums.map(([algorithm, digest]) => (
        <span key={algorithm} title={digest}>
          {algorithm} <code>{digest.slice(0, 8)}…</code>
        </span>
      ))}
    </>
  );
}
