import type { INotebookModel } from '@jupyterlab/notebook';

import type { ProvenanceInput } from '../api/models';

/** The key of the notebook's metadata under which its inputs are written down. */
export const METADATA_KEY = 'datahub';

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
