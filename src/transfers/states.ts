import type { Transfer, TransferState } from '../api/models';

/** The code of the error of a transfer that its store does not let in any more. */
const EXPIRED = 'expired';

/** Whether nothing more happens without the user. */
export function isFinal(state: TransferState): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

/** Whether a transfer waits until somebody connects to its store again. */
export function waitsForConnection({
  state,
  error
}: Pick<Transfer, 'state' | 'error'>): boolean {
  return state === 'failed' && error?.code === EXPIRED;
}

/** Whether a transfer came to its end for good; one that waits for a connection did not. */
export function isOver(transfer: Pick<Transfer, 'state' | 'error'>): boolean {
  return isFinal(transfer.state) && !waitsForConnection(transfer);
}

/** Done part from 0 to 1, null where the size is not known. */
export function fraction(
  transfer: Pick<Transfer, 'done' | 'size'>
): number | null {
  return transfer.size ? Math.min(1, transfer.done / transfer.size) : null;
}

/** Whether a transfer waits until somebody agrees to pay, or to pay more. */
export function waitsForConsent({
  state,
  error
}: Pick<Transfer, 'state' | 'error'>): boolean {
  return (
    (state === 'paused' && error?.code === 'limit') ||
    (state === 'failed' && error?.code === 'consent')
  );
}
