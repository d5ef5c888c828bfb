import { useState, type ReactElement } from 'react';

import type { Asset } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { useAttempt } from '../browser/useAttempt';
import { CopyButton } from './CopyButton';

interface IProps {
  readonly image: Pick<Asset, 'ref'>;
  /** Whether it is an OME-Zarr. */
  readonly zarr: boolean;
}

/** The code of a cell that opens an image where it is, in one of several ways. */
export function ImageCode({ image, zarr }: IProps): ReactElement {
  const { trans, client } = useSidebar().hub;
  const [way, setWay] = useState('dask');
  const [code, setCode] = useState('');
  const { busy, error, attempt, forget } = useAttempt();
  const ways: readonly (readonly [string, string])[] = [
    ['dask', trans.__('dask arrays')],
    ['zarr', trans.__('Zarr arrays')],
    ['napari', 'napari'],
    ['vitessce', 'vitessce'],
    ...(zarr ? [['ome-zarr', 'ome-zarr'] as const] : [])
  ];
  const write = async (): Promise<void> => {
    setCode('');
    const reply = await client.cells({
      ref: image.ref,
      in_place: true,
      layer: way
    });
    setCode(reply.code);
  };
  return (
    <>
      <p className="jp-DataHub-imageHandOff">
        <button
          type="button"
          className="jp-mod-styled"
          disabled={busy}
          onClick={() => void attempt(write)}
        >
          {trans.__('Code to open it')}
        </button>{' '}
        <label>
          {trans.__('as')}{' '}
          <select
            aria-label={trans.__('How the code opens it')}
            value={way}
            onChange={event => {
              setWay(event.target.value);
              setCode('');
            }}
          >
            {ways.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
      </p>
      <p className="jp-DataHub-hint">
        {trans.__('It opens the image where it is: nothing is downloaded.')}
      </p>
      {code && (
        <div
          className="jp-DataHub-cite jp-DataHub-imageCode"
          role="group"
          aria-label={trans.__('Code that opens the image')}
        >
          <pre>{code}</pre>
          <CopyButton text={code} label={trans.__('Copy the code')} />
        </div>
      )}
      {error !== null && <ErrorNotice error={error} onHide={forget} />}
    </>
  );
}
