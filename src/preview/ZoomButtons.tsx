import type { ReactElement } from 'react';

import { useSidebar } from '../browser/context';

interface IProps {
  /** Nearer, or farther where false. */
  readonly onZoom: (nearer: boolean) => void;
  readonly onReset: () => void;
}

/** How near the cells of a picture are. */
export function ZoomButtons({ onZoom, onReset }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  return (
    <div className="jp-DataHub-zoom" role="group" aria-label={trans.__('View')}>
      <button
        type="button"
        className="jp-DataHub-button"
        aria-label={trans.__('Zoom in')}
        title={trans.__('Zoom in (+)')}
        onClick={() => onZoom(true)}
      >
        +
      </button>
      <button
        type="button"
        className="jp-DataHub-button"
        aria-label={trans.__('Zoom out')}
        title={trans.__('Zoom out (−)')}
        onClick={() => onZoom(false)}
      >
        −
      </button>
      <button
        type="button"
        className="jp-DataHub-button"
        title={trans.__('Show all cells (0)')}
        onClick={onReset}
      >
        {trans.__('Reset')}
      </button>
    </div>
  );
}
