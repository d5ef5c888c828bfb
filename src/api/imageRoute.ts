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
    ...(most === null ? {} : { max_usd: most.toFixed(6) })
  });
  const shown = channel === null ? '' : '/thumbnail';
  return `images/${encodeURIComponent(ref)}${shown}?${params.toString()}`;
}
