import { useState, type ReactElement } from 'react';

import type { Asset } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { useAttempt } from '../browser/useAttempt';
import { withPicture } from '../notebook/pictures';
import { tablesFor } from './image';

interface IProps {
  readonly image: Asset;
  /** The files that are there beside it. */
  readonly assets: readonly Asset[];
  /** The channel whose picture is shown. */
  readonly channel: number;
}

/** Loads the cells that were found in an image together with the picture that is shown of it. */
export function ImageCells(props: IProps): ReactElement | null {
  const { hub } = useSidebar();
  const { trans } = hub;
  const { image, assets, channel } = props;
  const tables = tablesFor(image, assets);
  const [chosen, setChosen] = useState('');
  const { busy, error, attempt, forget } = useAttempt();
  const table = tables.find(({ ref }) => ref === chosen) ?? tables[0];
  if (!table) {
    return null;
  }
  return (
    <>
      <p className="jp-DataHub-imageHandOff">
        <button
          type="button"
          className="jp-mod-styled"
          disabled={busy}
          onClick={() =>
            void attempt(() =>
              hub.load(table.ref, table.name, withPicture(image.ref, channel))
            )
          }
        >
          {trans.__('Load its cells')}
        </button>{' '}
        <label>
          {trans.__('of')}{' '}
          <select
            aria-label={trans.__('Table of the cells')}
            value={table.ref}
            onChange={event => setChosen(event.target.value)}
          >
            {tables.map(({ ref, name }) => (
              <option key={ref} value={ref}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </p>
      <p className="jp-DataHub-hint">
        {trans.__(
          'The picture that is shown goes with them, as scanpy and squidpy draw cells on tissue.'
        )}
      </p>
      {error !== null && <ErrorNotice error={error} onHide={forget} />}
    </>
  );
}
