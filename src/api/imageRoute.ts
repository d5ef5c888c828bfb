/** What a look may cost, as a query says it. */
export function limitOf(most: number | null): { [name: string]: string } {
  return most === null ? {} : { max_usd: most.toFixed(6) };
}

/**
 * Where the server tells of an image, or shows one of its channels.
 *
 * @param most - What a look may cost where somebody pays for it, USD; null: nobody was asked.
 */
export function imageRoute(
  ref: string,
  most: number | null,
  channel: number | null = null
): string {
  const params = new URLSearchParams({
    ...(channel === null ? {} : { channel: String(channel) }),
    ...limitOf(most)
  });
  const shown = channel === null ? '' : '/thumbnail';
  return `images/${encodeURIComponent(ref)}${shown}?${params.toString()}`;
}
