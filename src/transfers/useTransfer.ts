import type { Transfer } from '../api/models';
import { useSidebar } from '../browser/context';
import { useSignal } from '../browser/useSignal';

/** The newest transfer of a kind, null where there is none. */
export function useTransfer(
  isWanted: (transfer: Transfer) => boolean
): Transfer | null {
  const { transfers } = useSidebar().hub;
  return useSignal(
    transfers.changed,
    () => transfers.items.find(isWanted) ?? null
  );
}
