import type { TranslationBundle } from '@jupyterlab/translation';

import type { ImageFacts } from '../api/models';
import { formatBytes, formatInteger } from '../browser/format';

/** Ways that open an image as nothing that has levels to choose. */
const WITHOUT: readonly string[] = ['', 'vitessce'];

/**
 * What may be opened of the pyramid of an image: all levels, which is what the empty value means,
 * or one of them by its number. Nothing where there is nothing to choose.
 */
export function levelOptions(
  { levels }: Pick<ImageFacts, 'levels'>,
  way: string,
  trans: TranslationBundle
): readonly (readonly [string, string])[] {
  const alone = levels.flatMap(({ width, height, memory }, number) => {
    if (typeof memory !== 'number') {
      return [];
    }
    const pixels = [formatInteger(width), formatInteger(height)];
    const words = trans.__('%1 × %2 (%3)', ...pixels, formatBytes(memory));
    return [[String(number), words] as const];
  });
  return WITHOUT.includes(way) || alone.length < 2
    ? []
    : [['', trans.__('all levels')], ...alone];
}

/** What a level takes, and what one of its channels does. */
export function levelWords(
  { levels, channels }: Pick<ImageFacts, 'levels' | 'channels'>,
  level: number,
  trans: TranslationBundle
): string {
  const memory = levels[level]?.memory ?? 0;
  const count = channels.length;
  return count > 1
    ? trans.__(
        'All %1 channels of that level take %2 of memory, one takes %3.',
        formatInteger(count),
        formatBytes(memory),
        formatBytes(memory / count)
      )
    : trans.__('That level takes %1 of memory.', formatBytes(memory));
}
