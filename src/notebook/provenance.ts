import type { INotebookModel } from '@jupyterlab/notebook';

import type { ProvenanceInput } from '../api/models';

/** The key of the notebook's metadata under which its inputs are written down. */
export const METADATA_KEY = 'datahub';
/** The key under which jupyterlab-openbis wrote them down, by permId. */
export const OLD_KEY = 'datasets';

const PERM_ID = /^[0-9A-Za-z][0-9A-Za-z_.-]{0,99}$/;

function isInput(value: unknown): value is ProvenanceInput {
  return (
    typeof value === 'object' &&
    value !== null &&
    'ref' in value &&
    typeof value.ref === 'string' &&
    'variable' in value &&
    typeof value.variable === 'string'
  );
}

function record(metadata: unknown): Record<string, unknown> {
  return typeof metadata === 'object' &&
    metadata !== null &&
    !Array.isArray(metadata)
    ? { ...metadata }
    : {};
}

/**
 * Return the inputs that a notebook's `datahub` metadata names.
 *
 * Anything that is not an input (a hand-edited or foreign entry) is left out.
 */
export function inputsOf(metadata: unknown): ProvenanceInput[] {
  const inputs = record(metadata).inputs;
  return Array.isArray(inputs) ? inputs.filter(isInput) : [];
}

/**
 * Return the datasets that jupyterlab-openbis wrote down, as inputs.
 */
function oldInputsOf(datasets: unknown): ProvenanceInput[] {
  return Object.entries(record(datasets)).flatMap(([permId, entry]) => {
    const { url, size } = record(entry);
    const host = typeof url === 'string' ? hostOf(url) : '';
    return host && PERM_ID.test(permId)
      ? [
          {
            ...NOTHING,
            ref: `openbis:${host}/${permId}`,
            title: permId,
            version: permId,
            size: typeof size === 'number' && size >= 0 ? size : null
          }
        ]
      : [];
  });
}

/**
 * Return what a notebook used, whoever wrote it down; ours first, each dataset once.
 */
export function allInputsOf(
  model: Pick<INotebookModel, 'getMetadata'>
): ProvenanceInput[] {
  const ours = inputsOf(model.getMetadata(METADATA_KEY));
  return [...ours, ...missingIn(ours, model)];
}

/**
 * Write the datasets that jupyterlab-openbis wrote down among our inputs as well.
 *
 * Nothing happens where they are there already.
 */
export function takeOver(
  model: Pick<INotebookModel, 'getMetadata' | 'setMetadata'>
): void {
  const before = record(model.getMetadata(METADATA_KEY));
  const further = missingIn(inputsOf(before), model);
  if (further.length > 0) {
    const kept: unknown[] = Array.isArray(before.inputs)
      ? (before.inputs as unknown[])
      : [];
    model.setMetadata(METADATA_KEY, {
      ...before,
      inputs: [...kept, ...further]
    });
  }
}

function missingIn(
  ours: readonly ProvenanceInput[],
  model: Pick<INotebookModel, 'getMetadata'>
): ProvenanceInput[] {
  const known = new Set(ours.map(({ ref }) => ref));
  return oldInputsOf(model.getMetadata(OLD_KEY)).filter(
    ({ ref }) => !known.has(ref)
  );
}

/** The host and port of an address, which may lack its scheme; empty where it is none. */
function hostOf(url: string): string {
  try {
    return new URL(url.includes('://') ? url : `https://${url}`).host;
  } catch {
    return '';
  }
}

const NOTHING = {
  variable: '',
  sha256: '',
  retrieved: '',
  licence: '',
  citation: '',
  doi: '',
  selection: ''
} as const;

/**
 * Return `metadata` with `input` written down.
 *
 * An entry of the same variable is replaced in its place, as the variable now holds the new
 * data; everything else in the metadata is kept.
 */
export function withInput(
  metadata: unknown,
  input: ProvenanceInput
): Record<string, unknown> {
  const before = record(metadata);
  const inputs: unknown[] = Array.isArray(before.inputs)
    ? [...(before.inputs as unknown[])]
    : [];
  const index = inputs.findIndex(
    entry => isInput(entry) && entry.variable === input.variable
  );
  if (index === -1) {
    inputs.push(input);
  } else {
    inputs[index] = input;
  }
  return { ...before, inputs };
}

/** Write `input` into the metadata of a notebook. */
export function recordInput(
  model: Pick<INotebookModel, 'getMetadata' | 'setMetadata'>,
  input: ProvenanceInput
): void {
  const metadata = withInput(model.getMetadata(METADATA_KEY), input);
  model.setMetadata(METADATA_KEY, metadata);
}
