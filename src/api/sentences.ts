/** Join parts to sentences, each with its full stop. */
export function sentences(parts: readonly string[]): string {
  return parts
    .map(part => part.trim())
    .filter(Boolean)
    .map(part => (/[.?…]$/.test(part) ? part : part + '.'))
    .join(' ');
}

/**
 * What went wrong and what to do next, as sentences with a capital letter.
 *
 * A first word that is not all letters, such as the name of a file, stays as it is.
 */
export function errorSentences(
  error: { readonly message: string; readonly hint?: string } | null | undefined
): string {
  return sentences([capital(error?.message ?? ''), error?.hint ?? '']);
}

function capital(text: string): string {
  return text.replace(/^[a-z](?=[a-z]*[ ,])/, letter => letter.toUpperCase());
}
