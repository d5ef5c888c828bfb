import type { ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { layerWords, mainMatrixWords } from '../notebook/layers';

interface IProps {
  readonly layers: readonly string[];
  /** The one that is to be X; empty: the main matrix. */
  readonly layer: string;
  readonly onLayer: (layer: string) => void;
}

/** Which of the matrices of a file a load makes X. */
export function MatrixChoice(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { layers, layer, onLayer } = props;
  return (
    <label className="jp-DataHub-matrix">
      {trans.__('with')}{' '}
      <select
        aria-label={trans.__('Matrix that becomes X')}
        value={layer}
        onChange={event => onLayer(event.target.value)}
      >
        <option value="">{mainMatrixWords(layers, trans)}</option>
        {layers.map(name => (
          <option key={name} value={name}>
            {layerWords(name, trans)}
          </option>
        ))}
      </select>{' '}
      {trans.__('as X')}
    </label>
  );
}
