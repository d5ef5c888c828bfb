import { useState, type ReactElement } from 'react';

import type { Asset } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { formatBytes } from '../browser/format';
import { useAttempt } from '../browser/useAttempt';

interface IProps {
  readonly asset: Asset;
}

/** How an image is put into the notebook, once it is downloaded. */
export function HandOff({ asset }: IProps): ReactElement {
  const { hub } = useSidebar();
  const { trans } = hub;
  const [way, setWay] = useState('dask');
  const { busy, error, attempt, forget } = useAttempt();
  const load = (): Promise<void> =>
    way
      ? hub.load(asset.ref, asset.name, way)
      : hub.load(asset.ref, asset.name);
  return (
    <>
      <p className="jp-DataHub-imageHandOff">
        <button
          type="button"
          className="jp-mod-styled"
          disabled={busy}
          onClick={() => void attempt(load)}
        >
          {trans.__('Load in notebook')}
        </button>{' '}
        <label>
          {trans.__('as')}{' '}
          <select
            aria-label={trans.__('How the image is opened')}
            value={way}
            onChange={event => setWay(event.target.value)}
          >
            <option value="dask">{trans.__('dask arrays')}</option>
            <option value="zarr">{trans.__('Zarr arrays')}</option>
            <option value="">{trans.__('a path')}</option>
          </select>
        </label>
      </p>
      {asset.size !== null && (
        <p className="jp-DataHub-hint">
          {trans.__(
            'All of it (%1) is downloaded for that, unless it is here.',
            formatBytes(asset.size)
          )}
        </p>
      )}
      {error !== null && <ErrorNotice error={error} onHide={forget} />}
    </>
  );
}
