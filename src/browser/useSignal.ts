import type { ISignal } from '@lumino/signaling';
import { useCallback, useSyncExternalStore } from 'react';

/**
 * Read a value of a model and render again whenever its signal is emitted.
 *
 * @param signal - null where there is no model.
 * @param read - Must give the same object as long as nothing has changed.
 */
export function useSignal<S, A, T>(
  signal: ISignal<S, A> | null,
  read: () => T
): T {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const slot = (): void => onChange();
      signal?.connect(slot);
      return () => {
        signal?.disconnect(slot);
      };
    },
    [signal]
  );
  return useSyncExternalStore(subscribe, read);
}
