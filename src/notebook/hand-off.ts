import type { ISessionContextDialogs } from '@jupyterlab/apputils';

import type { DataHubClient } from '../api/client';
import type { CellReply } from '../api/models';
import { asked } from './pictures';
import { languageOf, probePython, SILENT } from './probe';
import { liveKernel } from './session';
import type { IPlace, ITarget } from './target';

/** How a hand-off ended. */
export type HandOffResult =
  | { outcome: 'no-kernel' | 'read-only' }
  | {
      outcome: 'ran' | 'failed';
      reply: CellReply;
      /** Whether the kernel said which names it knows. */
      namesChecked: boolean;
    };

/** What is handed over, and where to. */
export interface IHandOff {
  ref: string;
  /** Where the file is on this machine. */
  path: string;
  target: ITarget;
  place: IPlace | null;
  /** The layer that is to be X, where the file has several matrices. */
  layer?: string;
}

/**
 * Put the code that loads a dataset into an open document, and run it there.
 *
 * The kernel is asked first, unseen, which names are alive and whether it sees the file, so
 * that nothing of the user's is overwritten and no broken path is handed over.
 *
 * @throws DataHubError when the server has no cell for this dataset and language.
 */
export async function handOff(
  { ref, path, target, place, layer }: IHandOff,
  client: Pick<DataHubClient, 'cells'>,
  dialogs: ISessionContextDialogs
): Promise<HandOffResult> {
  await target.ready;
  if (target.readOnly) {
    return { outcome: 'read-only' };
  }
  const kernel = await liveKernel(target.sessionContext, dialogs);
  if (!kernel) {
    return { outcome: 'no-kernel' };
  }
  const language = await languageOf(kernel);
  const probe =
    language === 'python' ? await probePython(kernel, path) : SILENT;
  const reply = await client.cells({
    ref,
    language,
    // A cell that was handed over just now and still runs keeps the kernel from answering.
    names: probe.answered ? probe.names : [...target.variables],
    path_visible: probe.pathVisible,
    directory: target.directory,
    working_directory: probe.workingDirectory,
    ...asked(layer ?? '')
  });
  const ran = await target.deliver(reply, place);
  return {
    outcome: ran ? 'ran' : 'failed',
    reply,
    namesChecked: probe.answered || language !== 'python'
  };
}
