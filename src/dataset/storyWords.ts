import type { TranslationBundle } from '@jupyterlab/translation';

/** How a story was made, as a word that stands alone; empty where nobody says. */
export function storyKind(kind: string, trans: TranslationBundle): string {
  const known: { [kind: string]: string } = {
    narrated: trans.__('Narrated'),
    curated: trans.__('Curated'),
    automatic: trans.__('Automatic')
  };
  return known[kind] ?? '';
}

/** What that means for whoever looks at it. */
export function storyKindSentence(
  kind: string,
  trans: TranslationBundle
): string {
  const known: { [kind: string]: string } = {
    narrated: trans.__('Somebody leads through the image, step by step.'),
    curated: trans.__('Somebody chose the channels and their colours.'),
    automatic: trans.__('The whole image, with colours that a program chose.')
  };
  return known[kind] ?? '';
}
