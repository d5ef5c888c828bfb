import type { Transfer, TransferState } from '../api/models';

/** Whether nothing more happens without the user. */
export function isFinal(state: TransferState): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

/** Done part from 0 to 1, null where the size is not known. */
export function fraction(
  transfer: Pick<Transfer, 'done' | 'size'>
): number | null {
  return transfer.size ? Math.min(1, transfer.done / transfer.size) : null;
}
