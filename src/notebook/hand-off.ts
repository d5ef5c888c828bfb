import type { ISessionContextDialogs } from '@jupyterlab/apputils';

import type { DataHubClient } from '../api/client';
import type { CellReply, LoadOptions } from '../api/models';
import { isTooMuch, WHOLE, type IManner } from '../loading/manner';
import { memoryExpression } from './memory';
import { asked } from './pictures';
import { inTime, languageOf, probePython, SILENT, type IProbe } from './probe';
import { liveKernel } from './session';
import type { IPlace, ITarget } from './target';

/** How a hand-off ended. */
export type HandOffResult =
  | { outcome: 'no-kernel' | 'read-only' | 'called-off' | 'selection' }
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
  /** How much of it is loaded; null or missing: all of it, if the kernel has room for that. */
  manner?: IManner | null;
  /** Bytes of the file; null where nobody knows. */
  size?: number | null;
}

/** Asks how a file is to be loaded that is too large; null where the user wants none of it. */
export type AskWay = (options: LoadOptions) => Promise<IManner | null>;

/** Bytes of a file that never is too large for a kernel that has `ROOMY` bytes free. */
const SMALL = 4e6;
const ROOMY = 2e9;

/** Milliseconds in which the server has to say what a load takes. */
const PATIENCE = 20_000;

/**
 * Put the code that loads a dataset into an open document, and run it there.
 *
 * The kernel is asked first, unseen, which names are alive and whether it sees the file, so
 * that nothing of the user's is overwritten and no broken path is handed over, and how much memory
 * it has: a load that would end it is asked about.
 *
 * @throws DataHubError when the server has no cell for this dataset and language.
 */
export async function handOff(
  delivery: IHandOff,
  client: Pick<DataHubClient, 'cells' | 'kernelProbe' | 'loadOptions'>,
  dialogs: ISessionContextDialogs,
  ask: AskWay
): Promise<HandOffResult> {
  const { ref, path, target, place, layer } = delivery;
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
    language === 'python'
      ? await probePython(kernel, path, {
          expression: await memoryExpression(language, client)
        })
      : SILENT;
  const manner = await settled(delivery, language, probe, client, ask);
  if (manner === null) {
    return { outcome: 'called-off' };
  }
  if (manner.way === 'selection') {
    return { outcome: 'selection' };
  }
  const reply = await client.cells({
    ref,
    language,
    // A cell that was handed over just now and still runs keeps the kernel from answering.
    names: probe.answered ? probe.names : [...target.variables],
    path_visible: probe.pathVisible,
    directory: target.directory,
    working_directory: probe.workingDirectory,
    ...asked(layer ?? ''),
    ...(manner.way === 'whole'
      ? {}
      : { way: manner.way, cluster: manner.cluster }),
    ...(manner.here ? { in_place: true } : {}),
    ...(manner.level === undefined ? {} : { level: manner.level }),
    ...(manner.part ? { selection: manner.part.selection } : {})
  });
  const ran = await target.deliver(reply, place);
  return {
    outcome: ran ? 'ran' : 'failed',
    reply,
    namesChecked: probe.answered || language !== 'python'
  };
}

/** How a file is loaded, after a question where it is too large for the kernel. */
async function settled(
  { ref, manner, size }: IHandOff,
  language: string,
  { memory }: IProbe,
  client: Pick<DataHubClient, 'loadOptions'>,
  ask: AskWay
): Promise<IManner | null> {
  const wanted = manner ?? WHOLE;
  const roomy = (memory?.free ?? ROOMY) >= ROOMY;
  // What a part takes was said where it was chosen, and what is read where it is takes nothing.
  if (wanted.part || wanted.here) {
    return wanted;
  }
  if (wanted.way !== 'whole' || (roomy && (size ?? Infinity) <= SMALL)) {
    return wanted;
  }
  const options = await inTime(
    client.loadOptions(ref, { language, memory }, true).catch(() => null),
    PATIENCE
  );
  return options && isTooMuch(options, 'whole') ? ask(options) : wanted;
}
