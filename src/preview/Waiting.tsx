import { useEffect, useState, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { formatDuration } from '../browser/format';

/** Seconds after which a look is said to be slow. */
const SLOW = 10;

/** A file that is being looked into, with words once it takes long. */
export function Waiting({
  onStop
}: {
  readonly onStop: () => void;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => setSeconds(past => past + 1), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <div aria-busy="true">
      <p className="jp-DataHub-previewSummary">
        <span role="status">
          {seconds < SLOW
            ? trans.__('Reading parts of the file…')
            : trans.__('The host is slow.')}
        </span>{' '}
        <span className="jp-DataHub-quiet">
          {seconds > 2 && formatDuration(seconds)}
        </span>{' '}
        <button type="button" className="jp-DataHub-link" onClick={onStop}>
          {trans.__('Stop')}
        </button>
      </p>
      <div className="jp-DataHub-pictureColumns" aria-hidden="true">
        <div className="jp-DataHub-picture">
          <span className="jp-DataHub-bone jp-DataHub-canvas" />
        </div>
        <div className="jp-DataHub-legend">
          {[0, 1, 2, 3, 4, 5].map(line => (
            <span key={line} className="jp-DataHub-bone" />
          ))}
        </div>
      </div>
    </div>
  );
}
