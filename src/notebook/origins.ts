import { Notification } from '@jupyterlab/apputils';

import type { CheckedInput } from '../api/models';
import { report } from '../api/report';
import { sentences } from '../api/sentences';
import { formatBytes } from '../browser/format';
import type { IDataHub } from '../tokens';
import { METADATA_KEY, OLD_KEY } from './provenance';

/** Titles that are named before the others are counted. */
const NAMED = 3;

interface INotebook {
  readonly name: string;
  readonly metadata: { readonly [key: string]: unknown };
}

/** Whether a notebook says anything of where its data came from. */
function hasOrigins({ metadata }: INotebook): boolean {
  return (
    metadata[METADATA_KEY] !== undefined || metadata[OLD_KEY] !== undefined
  );
}

/** What of a notebook's inputs somebody who opens it should know. */
export interface IFindings {
  /** Not on this machine, and to be had. */
  readonly missing: readonly CheckedInput[];
  readonly newer: readonly CheckedInput[];
  readonly withdrawn: readonly CheckedInput[];
}

function findingsOf(inputs: readonly CheckedInput[]): IFindings {
  const missing = inputs.filter(
    ({ state, on_disk, input }) =>
      state === 'missing' || (state === 'newer' && !on_disk && !input.in_place)
  );
  const known = (state: CheckedInput['state']): CheckedInput[] =>
    inputs.filter(
      (each, index) =>
        each.state === state &&
        // A dataset that fills two variables is told of once.
        inputs.findIndex(other => other.input.ref === each.input.ref) === index
    );
  return {
    missing: missing.filter(
      (each, index) =>
        missing.findIndex(other => fileOf(other) === fileOf(each)) === index
    ),
    newer: known('newer'),
    withdrawn: known('withdrawn')
  };
}

/** What tells one file from another: parts of one dataset are files of their own. */
function fileOf({ input: { ref, chosen, selection } }: CheckedInput): string {
  return chosen ? `${ref} ${selection}` : ref;
}

/** Fetch what a notebook used: the cells and genes that were chosen, else all of a file. */
async function fetchAll(
  missing: readonly CheckedInput[],
  hub: Pick<IDataHub, 'trans' | 'download' | 'downloadAll'>
): Promise<void> {
  const wanted = missing.map(({ input: { ref, title, size, chosen } }) => ({
    ref,
    title,
    size,
    ...(chosen ? { selection: chosen } : {})
  }));
  await hub.downloadAll(wanted.filter(each => !each.selection));
  for (const part of wanted.filter(each => each.selection)) {
    // One that cannot be had keeps no other away.
    await hub
      .download(part.ref, part)
      .catch((error: unknown) => report(error, hub.trans));
  }
}

/**
 * Say what has become of the inputs of a notebook that was opened.
 *
 * Nothing is said of inputs that are all there, nor where nobody can tell.
 */
export async function tellOrigins(
  notebook: INotebook,
  hub: Pick<
    IDataHub,
    'client' | 'trans' | 'download' | 'downloadAll' | 'openDataset'
  >
): Promise<void> {
  if (!hasOrigins(notebook)) {
    return;
  }
  const { trans } = hub;
  const { metadata, name } = notebook;
  let findings: IFindings;
  try {
    const asked = Object.fromEntries(
      [METADATA_KEY, OLD_KEY]
        .filter(key => metadata[key] !== undefined)
        .map(key => [key, metadata[key]])
    );
    findings = findingsOf((await hub.client.provenance(asked)).inputs);
  } catch {
    // Whoever runs the notebook finds out; opening it is no question to the network.
    return;
  }
  const { missing, newer, withdrawn } = findings;
  if (missing.length > 0) {
    const bytes = missing.reduce(
      (sum, { input }) => sum + (input.size ?? 0),
      0
    );
    Notification.info(
      trans._n(
        '%2 used a dataset that is not on this machine: %3.',
        '%2 used %1 datasets that are not on this machine: %3.',
        missing.length,
        name,
        titles(missing)
      ),
      {
        autoClose: false,
        actions: [
          {
            label: bytes
              ? trans.__('Fetch (%1)', formatBytes(bytes))
              : trans.__('Fetch'),
            displayType: 'accent',
            callback: () => {
              fetchAll(missing, hub).catch((error: unknown) =>
                report(error, trans)
              );
            }
          }
        ]
      }
    );
  }
  for (const { input, newest_ref, note } of newer) {
    Notification.info(
      sentences([
        trans.__(
          'There is a newer version of “%1” than %2 used.',
          input.title,
          name
        ),
        note
      ]),
      {
        autoClose: 15_000,
        actions: [
          {
            label: trans.__('Show it'),
            callback: () => hub.openDataset(newest_ref || input.ref)
          }
        ]
      }
    );
  }
  for (const { input, note } of withdrawn) {
    Notification.warning(
      sentences([
        trans.__('“%1”, which %2 used, was withdrawn.', input.title, name),
        note
      ]),
      {
        autoClose: false,
        actions: [
          {
            label: trans.__('Show it'),
            callback: () => hub.openDataset(input.ref)
          }
        ]
      }
    );
  }

  function titles(inputs: readonly CheckedInput[]): string {
    const named = inputs
      .slice(0, NAMED)
      .map(({ input }) => `“${input.title || input.ref}”`)
      .join(', ');
    const others = inputs.length - NAMED;
    return others > 0 ? trans.__('%1 and %2 more', named, others) : named;
  }
}
