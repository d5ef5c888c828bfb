import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { IKernelState } from '../loading/kernel';

/** Where a load would go if it was asked for now. */
export interface ILoadTarget {
  /** The name of the notebook or console; empty where none is open. */
  readonly name: string;
  /** What its kernel says of its memory; null where none is idle. */
  kernel(): Promise<IKernelState | null>;
  readonly changed: ISignal<ILoadTarget, void>;
}

export const ILoadTarget = new Token<ILoadTarget>(
  'jupyterlab-datahub:ILoadTarget',
  'The notebook or console that a dataset would be loaded into.'
);
