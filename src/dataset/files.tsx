import type { TranslationBundle } from '@jupyterlab/translation';
import { useState, type ReactElement } from 'react';

import type { Asset, DatasetPage } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatBytes, formatInteger } from '../browser/format';
import { accessWords } from '../browser/hitWords';
import { Chosen } from './chosen';
import { fileAssets, isLocal } from './model';
import { isArchived } from './store';
import { accessSentence } from './words';

interface IProps {
  readonly page: DatasetPage;
  readonly onDownload: (asset: Asset) => void;
  /** Gets the chosen files, null for all; null itself where there is nothing to choose. */
  readonly onDownloadChosen: ((assets: readonly Asset[] | null) => void) | null;
}

/** Files that show before the others are asked for. */
const MANY = 200;

/** The files of a dataset. */
export function Files(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { page, onDownload, onDownloadChosen } = props;
  const { dataset, in_library } = page;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(false);
  const assets = fileAssets(dataset);
  const shown = all ? assets : assets.slice(0, MANY);
  const choosing =
    onDownloadChosen !== null && assets.length > 1 && !isArchived(dataset);
  const whole = in_library.includes(dataset.ref);
  const toggle = (ref: string): void => {
    const next = new Set(chosen);
    if (!next.delete(ref)) {
      next.add(ref);
    }
    setChosen(next);
  };
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
    <>
      {choosing && (
        <Chosen
          assets={assets}
          chosen={chosen}
          onChosen={setChosen}
          onDownload={onDownloadChosen}
        />
      )}
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
            {shown.map(asset => (
              <tr key={asset.ref}>
                <th scope="row">
                  {choosing ? (
                    <label className="jp-DataHub-check">
                      <input
                        type="checkbox"
                        checked={chosen.has(asset.ref)}
                        onChange={() => toggle(asset.ref)}
                      />
                      {asset.name}
                    </label>
                  ) : (
                    asset.name
                  )}
                </th>
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
                  title={
                    asset.access_note || accessSentence(asset.access, trans)
                  }
                >
                  {accessWords(asset.access, trans)}
                </td>
                <td data-heading={heads.checksum}>
                  <Checksum asset={asset} />
                </td>
                <td data-heading={heads.here}>
                  <Here
                    asset={asset}
                    here={local || whole || in_library.includes(asset.ref)}
                    onDownload={
                      assets.length > 1 && !isArchived(dataset)
                        ? onDownload
                        : null
                    }
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < assets.length && (
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => setAll(true)}
        >
          {trans.__('Show all %1 files', formatInteger(assets.length))}
        </button>
      )}
    </>
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
