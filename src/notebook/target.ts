import type { ISessionContext } from '@jupyterlab/apputils';

import type { CellReply } from '../api/models';

/** A place in a notebook: above or below the cell of that id. */
export interface IPlace {
  cell: string;
  side: 'above' | 'below';
}

/** The document a load belongs to, in a form that survives a reload of the page. */
export interface IAddress {
  kind: 'notebook' | 'console';
  path: string;
}

/** Where a load goes when the user pointed at a place. */
export interface IDestination {
  target: ITarget;
  place: IPlace | null;
}

/** An open document that a hand-off cell can go into. */
export interface ITarget extends IAddress {
  /** The id of its widget in the shell. */
  readonly id: string;
  /** Its name, for sentences. */
  readonly name: string;
  /** The folder it is in, relative to the server's root. */
  readonly directory: string;
  readonly sessionContext: ISessionContext;
  /** Whether a cell that is added now could not be saved. */
  readonly readOnly: boolean;
  /** The variables that earlier hand-offs to it filled. */
  readonly variables: readonly string[];
  /** Settles once its content and its session are there. */
  readonly ready: Promise<void>;
  /** Where a cell would go now; null where there is only one place. */
  place(): IPlace | null;
  /**
   * Put the cell in, run it and write down its origin.
   *
   * @returns Whether the cell ran without an error.
   */
  deliver(reply: CellReply, place: IPlace | null): Promise<boolean>;
  /** Bring the cell that was put in last into sight. */
  showDelivered(): void;
}
