import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, useState, type ReactElement } from 'react';

import { GATEWAY } from './manner';

interface IProps {
  readonly cluster: string;
  readonly trans: TranslationBundle;
  readonly onCluster: (cluster: string) => void;
  /** Whether the file is read where it is; undefined: there is no choice. */
  readonly here?: boolean;
  readonly onHere?: (here: boolean) => void;
}

/** Where Dask computes, and where it reads. */
export function ClusterFields({
  cluster,
  trans,
  onCluster,
  here,
  onHere
}: IProps): ReactElement {
  const id = useId();
  const [kind, setKind] = useState(
    cluster === GATEWAY ? GATEWAY : cluster ? 'scheduler' : 'local'
  );
  const [address, setAddress] = useState(cluster === GATEWAY ? '' : cluster);
  const choose = (chosen: string, text: string): void => {
    setKind(chosen);
    setAddress(text);
    onCluster(
      chosen === GATEWAY ? GATEWAY : chosen === 'scheduler' ? text.trim() : ''
    );
  };
  return (
    <span className="jp-DataHub-cluster">
      <label>
        {trans.__('with')}{' '}
        <select
          aria-label={trans.__('Where Dask computes')}
          value={kind}
          onChange={event => choose(event.target.value, address)}
        >
          <option value="local">
            {trans.__('workers on the kernel’s machine')}
          </option>
          <option value="scheduler">
            {trans.__('a scheduler that runs already')}
          </option>
          <option value={GATEWAY}>{trans.__('Dask Gateway')}</option>
        </select>
      </label>
      {kind === 'scheduler' && (
        <label htmlFor={id}>
          {trans.__('at')}{' '}
          <input
            id={id}
            type="text"
            className="jp-DataHub-input"
            placeholder={trans.__('tcp://10.0.0.5:8786')}
            aria-label={trans.__('Address of the scheduler')}
            value={address}
            onChange={event => choose(kind, event.target.value)}
          />
        </label>
      )}
      {here !== undefined && (
        <label>
          {trans.__('reading')}{' '}
          <select
            aria-label={trans.__('Where the file is read')}
            value={here ? 'here' : 'copy'}
            onChange={event => onHere?.(event.target.value === 'here')}
          >
            <option value="copy">{trans.__('a copy on this machine')}</option>
            <option value="here">{trans.__('the file where it is')}</option>
          </select>
        </label>
      )}
    </span>
  );
}
