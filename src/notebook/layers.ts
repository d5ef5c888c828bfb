import type { TranslationBundle } from '@jupyterlab/translation';

/** What the Smart-seq2 pipeline of the Human Cell Atlas calls the counts beside its TPM. */
const COUNTS_BESIDE_TPM = 'estimated_counts';

/** What the main matrix of a file has, as far as its other matrices tell. */
export function mainMatrixWords(
  layers: readonly string[],
  trans: TranslationBundle
): string {
  return layers.includes(COUNTS_BESIDE_TPM)
    ? trans.__('main matrix (TPM)')
    : trans.__('main matrix');
}

/** A further matrix of a file, by its name and what is known of it. */
export function layerWords(layer: string, trans: TranslationBundle): string {
  return layer === COUNTS_BESIDE_TPM ? trans.__('%1 (counts)', layer) : layer;
}

/** What X is, where a file has more than one matrix; empty where it has one. */
export function layersSentence(
  layers: readonly string[],
  trans: TranslationBundle
): string {
  return layers.length
    ? trans.__(
        'X is the %1; layers: %2.',
        mainMatrixWords(layers, trans),
        layers.map(layer => layerWords(layer, trans)).join(', ')
      )
    : '';
}
