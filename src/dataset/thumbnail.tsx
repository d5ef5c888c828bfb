import { imageIcon } from '@jupyterlab/ui-components';
import {
  useEffect,
  useRef,
  useState,
  type ReactElement,
  type RefObject
} from 'react';

import { asErrorBody, CancelledError } from '../api/errors';
import { errorSentences } from '../api/sentences';
import { useSidebar } from '../browser/context';

interface IProps {
  /** The identifier of the picture; empty where there is none. */
  readonly picture: string;
  /** What it is a picture of. */
  readonly title: string;
}

/** How far below the window a picture is fetched already. */
const AHEAD = '300px';

/** A small picture, fetched through the server once it is about to be seen. */
export function Thumbnail({ picture, title }: IProps): ReactElement {
  const { hub } = useSidebar();
  const { trans } = hub;
  const frame = useRef<HTMLSpanElement>(null);
  const seen = useSeen(frame);
  const [address, setAddress] = useState('');
  const [reason, setReason] = useState('');
  useEffect(() => {
    if (!picture || !seen) {
      return;
    }
    const running = new AbortController();
    let made = '';
    hub.client.picture(picture, running.signal).then(
      content => {
        if (!running.signal.aborted) {
          made = URL.createObjectURL(content);
          setAddress(made);
        }
      },
      (error: unknown) => {
        if (!(error instanceof CancelledError)) {
          setReason(errorSentences(asErrorBody(error, trans)));
        }
      }
    );
    return () => {
      running.abort();
      URL.revokeObjectURL(made);
    };
  }, [hub, picture, seen, trans]);
  const words = reason || trans.__('There is no thumbnail of this story.');
  const waiting = Boolean(picture) && !address && !reason;
  return (
    <span
      ref={frame}
      className="jp-DataHub-thumbnail"
      aria-busy={waiting || undefined}
    >
      {address && !reason ? (
        <img
          src={address}
          alt={trans.__('Thumbnail of “%1”', title)}
          onError={() =>
            setReason(trans.__('The thumbnail of this story cannot be drawn.'))
          }
        />
      ) : (
        !waiting && (
          <span
            className="jp-DataHub-noThumbnail"
            role="img"
            aria-label={words}
            title={words}
          >
            <imageIcon.react tag="span" className="jp-DataHub-icon" />
            <span aria-hidden="true">
              {reason
                ? trans.__('Thumbnail not available')
                : trans.__('No thumbnail')}
            </span>
          </span>
        )
      )}
    </span>
  );
}

/** Whether something was, or was about to be, in the window. */
function useSeen(element: RefObject<HTMLElement>): boolean {
  const [seen, setSeen] = useState(typeof IntersectionObserver === 'undefined');
  useEffect(() => {
    if (seen || !element.current) {
      return;
    }
    const observer = new IntersectionObserver(
      entries => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) {
          setSeen(true);
        }
      },
      { rootMargin: AHEAD }
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, seen]);
  return seen;
}
