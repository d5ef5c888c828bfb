import { useEffect, useState, type ReactElement } from 'react';

import type { LoadOptions, LoadWay } from '../api/models';
import { useSidebar } from '../browser/context';
import type { ILoadTarget } from '../notebook/tokens';
import { ClusterFields } from './ClusterFields';
import type { IManner } from './manner';
import {
  afarWords,
  freeWords,
  meaningWords,
  missingWords,
  optionWords,
  tooMuchWords
} from './words';

interface IProps {
  readonly options: LoadOptions | null;
  readonly manner: IManner;
  /** Whether the file is elsewhere, and can be read there by workers of a cluster. */
  readonly afar: boolean;
  readonly onManner: (manner: IManner) => void;
}

/**
 * The ways to load a file into the notebook in front; null until they are known.
 *
 * @param ref - The file; empty where there is none to load.
 * @param look - Whether a look into the file costs nothing.
 */
export function useLoadOptions(
  ref: string,
  look: boolean,
  target: ILoadTarget | null
): LoadOptions | null {
  const { client } = useSidebar().hub;
  const [options, setOptions] = useState<LoadOptions | null>(null);
  useEffect(() => {
    let running: AbortController | null = null;
    const ask = async (): Promise<void> => {
      running?.abort();
      const { signal } = (running = new AbortController());
      try {
        const kernel = (await target?.kernel()) ?? null;
        if (!signal.aborted) {
          const found = await client.loadOptions(ref, kernel, look, signal);
          setOptions(signal.aborted ? null : found);
        }
      } catch {
        // What cannot be known is not shown; the load says why it cannot be had.
        setOptions(null);
      }
    };
    const slot = (): void => void ask();
    if (ref) {
      slot();
      target?.changed.connect(slot);
    }
    return () => {
      running?.abort();
      target?.changed.disconnect(slot);
    };
  }, [ref, look, target, client]);
  return options;
}

/** How much of a file is loaded. */
export function LoadChoice(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { options, manner, afar, onManner } = props;
  const { way, cluster } = manner;
  const here = afar ? (manner.here ?? false) : undefined;
  return (
    <>
      <label className="jp-DataHub-matrix">
        <select
          aria-label={trans.__('How much is loaded')}
          value={way}
          onChange={event =>
            onManner({ way: event.target.value as LoadWay, cluster })
          }
        >
          {options?.options.map(option => (
            <option key={option.way} value={option.way}>
              {optionWords(option, trans)}
            </option>
          )) ?? <option value="whole">{trans.__('whole')}</option>}
        </select>
      </label>
      {way === 'dask' && (
        <ClusterFields
          cluster={cluster}
          trans={trans}
          onCluster={chosen => onManner({ way, cluster: chosen, here })}
          here={here}
          onHere={chosen => onManner({ way, cluster, here: chosen })}
        />
      )}
    </>
  );
}

/** What the chosen way means, and whether the kernel has the memory for it. */
export function LoadHint({
  options,
  manner
}: {
  readonly options: LoadOptions | null;
  readonly manner: IManner;
}): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { way, here } = manner;
  const option = options?.options.find(each => each.way === way);
  if (!options || !option) {
    return null;
  }
  const tooMuch = tooMuchWords(options, trans);
  const words = [
    tooMuch,
    freeWords(options, trans),
    way === 'whole' ? '' : here ? afarWords(trans) : meaningWords(way, trans),
    missingWords(option, trans)
  ];
  return (
    <p
      className={
        tooMuch && way === 'whole'
          ? 'jp-DataHub-notice jp-mod-warning'
          : 'jp-DataHub-cost'
      }
    >
      {words.filter(Boolean).join(' ')}
    </p>
  );
}
