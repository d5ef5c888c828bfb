import { useCallback, useEffect, useRef, useState } from 'react';

import { CancelledError } from '../api/errors';
import type { MemberListing } from '../api/models';
import { useSidebar } from '../browser/context';
import { useSignal } from '../browser/useSignal';

/** What is known of what is in a file. */
export interface IMembers {
  readonly listing: MemberListing | null;
  /** Why there is no list. */
  readonly error: unknown;
  /** Looks again; where that costs something, no more than so many USD. */
  readonly load: (most: number | null) => void;
}

/** List what is in a file, and again once a transfer of it or of something in it is done. */
export function useMembers(ref: string): IMembers {
  const { client, transfers } = useSidebar().hub;
  const [listing, setListing] = useState<MemberListing | null>(null);
  const [error, setError] = useState<unknown>(null);
  const running = useRef<AbortController | null>(null);
  const agreed = useRef<number | null>(null);
  const load = useCallback(
    (most: number | null): void => {
      running.current?.abort();
      const { signal } = (running.current = new AbortController());
      agreed.current = most ?? agreed.current;
      setError(null);
      client.members(ref, agreed.current, signal).then(
        found => setListing(signal.aborted ? null : found),
        (reason: unknown) => {
          if (!signal.aborted && !(reason instanceof CancelledError)) {
            setError(reason);
          }
        }
      );
    },
    [client, ref]
  );
  const done = useSignal(transfers.changed, () =>
    transfers.items
      .filter(
        item =>
          item.state === 'done' &&
          (item.ref === ref || item.ref.startsWith(`${ref}#`))
      )
      .map(({ id }) => id)
      .join(' ')
  );
  useEffect(() => {
    load(null);
    return () => running.current?.abort();
  }, [load, done]);
  return { listing, error, load };
}
