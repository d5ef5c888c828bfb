import {
  useEffect,
  useId,
  useRef,
  useState,
  type ReactElement,
  type ReactNode
} from 'react';

import { CancelledError } from '../api/errors';
import type { Asset, ImageFacts, Thumbnail } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { formatBytes, formatInteger } from '../browser/format';
import { mostOf, PaidLook } from '../consent/PaidLook';
import { Channels } from './channels';
import { ImageCells } from './imageCells';
import { ImageOpen } from './imageOpen';
import { Fact } from './Fact';
import { pixelWords } from './image';

interface IProps {
  readonly asset: Asset;
  /** All files that are shown with it. */
  readonly assets: readonly Asset[];
  readonly onClose: () => void;
}

/** Milliseconds after which it is said that a picture takes its time. */
const SLOW = 5000;

/** An image that is looked at where it is: what it says of itself, and a picture of a channel. */
export function ImagePanel(props: IProps): ReactElement {
  const { asset, assets, onClose } = props;
  const { trans } = useSidebar().hub;
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const [channel, setChannel] = useState(0);
  const look = useLook(asset.ref, channel);
  const { facts, picture, error, fetched } = look;
  useEffect(() => {
    const before = document.activeElement;
    heading.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) {
        before.focus();
      }
    };
  }, []);
  const shown = facts?.channels[channel]?.name ?? '';
  return (
    <section className="jp-DataHub-image" aria-labelledby={id}>
      <div className="jp-DataHub-imageHead">
        <h3 id={id} ref={heading} tabIndex={-1}>
          {asset.name}
        </h3>
        <button type="button" className="jp-DataHub-link" onClick={onClose}>
          {trans.__('Close')}
        </button>
      </div>
      {error !== null && !facts ? (
        <Failure error={error} onAgain={look.again} />
      ) : (
        <div className="jp-DataHub-imageBody">
          <figure aria-busy={picture === null && error === null}>
            {picture ? (
              <img
                src={`data:image/png;base64,${picture.png}`}
                alt={trans.__('%1 of %2', shown, asset.name)}
                width={picture.width}
                height={picture.height}
              />
            ) : error !== null ? (
              <Failure error={error} onAgain={look.again} />
            ) : (
              <Waiting known={facts !== null} />
            )}
            {picture && <figcaption>{captionOf()}</figcaption>}
          </figure>
          {facts && (
            <div>
              {facts.channels.length > 1 && (
                <Channels
                  channels={facts.channels}
                  chosen={channel}
                  onChoose={setChannel}
                />
              )}
              <Facts facts={facts} />
              <ImageOpen asset={asset} facts={facts} />
              {picture && (
                <ImageCells image={asset} assets={assets} channel={channel} />
              )}
            </div>
          )}
        </div>
      )}
    </section>
  );

  function captionOf(): ReactNode {
    const size = facts?.size ?? null;
    const cost =
      fetched === 0
        ? trans.__('It is on this machine: nothing was fetched.')
        : size === null
          ? trans.__('Fetched %1.', formatBytes(fetched))
          : trans.__(
              'Fetched %1 of %2.',
              formatBytes(fetched),
              formatBytes(size)
            );
    const low = picture?.low ?? null;
    const high = picture?.high ?? null;
    if (low === null || high === null) {
      return cost;
    }
    const [black, white] = [low, high].map(value =>
      formatInteger(Math.round(value))
    );
    return `${trans.__('Black is %1, white is %2.', black, white)} ${cost}`;
  }
}

interface ILook {
  readonly facts: ImageFacts | null;
  /** The picture of the channel; null while it is made. */
  readonly picture: Thumbnail | null;
  readonly error: unknown;
  /** Bytes fetched for all that was seen so far. */
  readonly fetched: number;
  /** Look once more, for a price where one has to be paid. */
  readonly again: (most: number | null) => void;
}

/** Ask for what an image says of itself, then for a channel; what was seen is not asked again. */
function useLook(ref: string, channel: number): ILook {
  const { client } = useSidebar().hub;
  const [facts, setFacts] = useState<ImageFacts | null>(null);
  const [seen, setSeen] = useState<ReadonlyMap<number, Thumbnail>>(new Map());
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState<{ most: number | null }>({
    most: null
  });
  const known = facts !== null;
  const drawn = seen.has(channel);
  useEffect(() => {
    setError(null);
    if (known && drawn) {
      return;
    }
    const calling = new AbortController();
    const ask = known
      ? client
          .thumbnail(ref, channel, attempt.most, calling.signal)
          .then(made => setSeen(before => new Map(before).set(channel, made)))
      : client.image(ref, attempt.most, calling.signal).then(setFacts);
    ask.catch((reason: unknown) => {
      if (!(reason instanceof CancelledError)) {
        setError(reason);
      }
    });
    return () => calling.abort();
  }, [client, ref, channel, known, drawn, attempt]);
  const pictures = [...seen.values()];
  return {
    facts,
    picture: seen.get(channel) ?? null,
    error,
    fetched: pictures.reduce(
      (sum, one) => sum + one.fetched,
      facts?.fetched ?? 0
    ),
    again: most => setAttempt({ most })
  };
}

function Waiting({ known }: { readonly known: boolean }): ReactElement {
  const { trans } = useSidebar().hub;
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setSlow(true), SLOW);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <div className="jp-DataHub-imageWait" role="status">
      {slow
        ? trans.__(
            'Still at it: its host is slow, or far away. This ends after a minute at the latest.'
          )
        : known
          ? trans.__('Making a picture of this channel…')
          : trans.__('Reading what the image says of itself…')}
    </div>
  );
}

function Failure(props: {
  readonly error: unknown;
  readonly onAgain: (most: number | null) => void;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const { error, onAgain } = props;
  const most = mostOf(error);
  return most === null ? (
    <ErrorNotice
      error={error}
      lead={trans.__('It cannot be looked at.')}
      spoken
      onRetry={() => onAgain(null)}
    />
  ) : (
    <PaidLook
      lead={trans.__('Whoever looks at this image pays for what is fetched.')}
      most={most}
      trans={trans}
      onAgree={onAgain}
    />
  );
}

function Facts({ facts }: { readonly facts: ImageFacts }): ReactElement {
  const { trans } = useSidebar().hub;
  const { width, height, levels, z, t, dtype, form, size } = facts;
  const smallest = levels[levels.length - 1];
  return (
    <dl className="jp-DataHub-facts">
      <Fact title={trans.__('Size')}>
        {trans.__(
          '%1 × %2 pixels',
          formatInteger(width),
          formatInteger(height)
        )}
      </Fact>
      <Fact title={trans.__('Pixel')}>{pixelWords(facts)}</Fact>
      <Fact title={trans.__('Channels')}>
        {formatInteger(facts.channels.length)}
      </Fact>
      <Fact title={trans.__('Layers (z)')}>{z > 1 && formatInteger(z)}</Fact>
      <Fact title={trans.__('Moments (t)')}>{t > 1 && formatInteger(t)}</Fact>
      <Fact title={trans.__('Values')}>
        <code>{dtype}</code>
      </Fact>
      <Fact title={trans.__('Pyramid')}>
        {levels.length > 1
          ? trans.__(
              '%1 levels, down to %2 × %3',
              levels.length,
              formatInteger(smallest.width),
              formatInteger(smallest.height)
            )
          : trans.__('none')}
      </Fact>
      <Fact title={trans.__('File')}>
        {size === null ? form : `${form}, ${formatBytes(size)}`}
      </Fact>
    </dl>
  );
}
