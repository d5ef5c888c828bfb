import { useState } from 'react';

/** What is known of an action that a button begins. */
export interface IAttempt {
  readonly busy: boolean;
  /** Why the last one failed, null where it did not. */
  readonly error: unknown;
  /** Do it; resolves when it is over, well or not. */
  readonly attempt: (action: () => Promise<unknown>) => Promise<void>;
  /** Say no more of the error. */
  readonly forget: () => void;
}

/** Keep whether an action is under way, and why it failed. */
export function useAttempt(): IAttempt {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const attempt = async (action: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await action();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, attempt, forget: () => setError(null) };
}
