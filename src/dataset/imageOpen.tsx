import { useState, type ReactElement } from 'react';

import type { Asset, ImageFacts } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { formatBytes } from '../browser/format';
import { useAttempt } from '../browser/useAttempt';
import { priceWords } from '../consent/money';
import { WHERE_IT_IS, WHOLE } from '../loading/manner';
import { CopyButton } from './CopyButton';
import { levelOptions, levelWords } from './imageLevels';
import { ImagePick } from './imagePick';

interface IProps {
  readonly asset: Asset;
  readonly facts: ImageFacts;
}

/** Puts a cell into the notebook that opens an image, where it is or once it is downloaded. */
export function ImageOpen({ asset, facts }: IProps): ReactElement | null {
  const { hub } = useSidebar();
  const { trans } = hub;
  const zarr = facts.form === 'OME-Zarr';
  const places: readonly (readonly [string, string])[] = [
    // What is paid for has no limit in a kernel.
    ...(asset.access === 'open'
      ? [['host', trans.__('where it is')] as const]
      : []),
    ...(zarr ? [] : [['library', trans.__('once it is downloaded')] as const])
  ];
  const [place, setPlace] = useState(places[0]?.[0] ?? '');
  const [way, setWay] = useState('dask');
  const [wished, setWished] = useState('');
  if (places.length === 0) {
    return (
      <p className="jp-DataHub-hint">
        {trans.__(
          'It is many files, which whoever reads them pays for: download its folder, and open that.'
        )}
      </p>
    );
  }
  const here = place === 'host';
  const ways: readonly (readonly [string, string])[] = [
    ['dask', trans.__('dask arrays')],
    ['zarr', trans.__('Zarr arrays')],
    ['napari', 'napari'],
    // It reads OME-XML, which a TIFF alone does not have.
    ...(facts.form === 'TIFF' ? [] : [['vitessce', 'vitessce'] as const]),
    ...(zarr ? [['ome-zarr', 'ome-zarr'] as const] : []),
    ...(here ? [] : [['', trans.__('a path')] as const])
  ];
  const ref = zarr ? facts.ref : asset.ref;
  const levels = levelOptions(facts, way, trans);
  const level = levels.length && wished ? Number(wished) : null;
  const from = here ? WHERE_IT_IS : undefined;
  const manner = level === null ? from : { ...(from ?? WHOLE), level };
  return (
    <ImagePick
      label={trans.__('Load in notebook')}
      action={() =>
        way === ''
          ? hub.load(ref, facts.name)
          : hub.load(ref, facts.name, way, manner)
      }
      selects={[
        {
          before: trans.__('as'),
          label: trans.__('How the image is opened'),
          value: way,
          options: ways,
          onChoose: setWay
        },
        ...(levels.length
          ? [
              {
                before: trans.__('of'),
                label: trans.__('Which level of the image is opened'),
                value: wished,
                options: levels,
                onChoose: setWished
              }
            ]
          : []),
        {
          before: '',
          label: trans.__('From where the image is opened'),
          value: place,
          options: places,
          onChoose: chosen => {
            setPlace(chosen);
            setWay(way || 'dask');
          }
        }
      ]}
      hint={[
        here
          ? trans.__(
              'The cell opens the image where it is: only what you compute or see is fetched.'
            )
          : downloadWords(),
        level === null ? '' : levelWords(facts, level, trans)
      ]
        .filter(Boolean)
        .join(' ')}
    >
      {here && (
        <Code key={`${way} ${level}`} image={ref} way={way} level={level} />
      )}
    </ImagePick>
  );

  function downloadWords(): string {
    const price = priceWords(asset, trans);
    const size = asset.size === null ? '' : formatBytes(asset.size);
    const amount = [size, price].filter(Boolean).join(', ');
    return amount
      ? trans.__(
          'All of it (%1) is downloaded for that, unless it is here.',
          amount
        )
      : trans.__('All of it is downloaded for that, unless it is here.');
  }
}

interface ICodeProps {
  readonly image: string;
  readonly way: string;
  /** The level that is opened alone; null: all are. */
  readonly level: number | null;
}

/** The code of that cell, for those who want it elsewhere. */
function Code({ image, way, level }: ICodeProps): ReactElement {
  const { trans, client } = useSidebar().hub;
  const [code, setCode] = useState('');
  const { busy, error, attempt, forget } = useAttempt();
  const write = async (): Promise<void> => {
    const reply = await client.cells({
      ref: image,
      in_place: true,
      layer: way,
      ...(level === null ? {} : { level })
    });
    setCode(reply.code);
  };
  if (error !== null) {
    return <ErrorNotice error={error} onHide={forget} />;
  }
  return code ? (
    <div
      className="jp-DataHub-cite jp-DataHub-imageCode"
      role="group"
      aria-label={trans.__('Code that opens the image')}
    >
      <pre>{code}</pre>
      <CopyButton text={code} label={trans.__('Copy the code')} />
    </div>
  ) : (
    <button
      type="button"
      className="jp-DataHub-link"
      disabled={busy}
      onClick={() => void attempt(write)}
    >
      {trans.__('Show the code')}
    </button>
  );
}
