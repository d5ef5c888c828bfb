import { useEffect, useState } from 'react';

import { CancelledError } from '../api/errors';

/** Milliseconds of silence before what is typed is looked for. */
const TYPING = 200;

/**
 * What a store finds for a text typed so far, and whether it is looked for.
 *
 * @param ask - Must be the same function as long as it asks for the same.
 */
export function useFound<T>(
  ask: (text: string, signal: AbortSignal) => Promise<readonly T[]>,
  text: string
): [readonly T[], boolean] {
  const [found, setFound] = useState<readonly T[]>([]);
  const [searching, setSearching] = useState(false);
  useEffect(() => {
    const running = new AbortController();
    setSearching(true);
    const timer = window.setTimeout(() => {
      ask(text.trim(), running.signal)
        .then(answer => {
          setFound(answer);
          setSearching(false);
        })
        .catch((error: unknown) => {
          if (!(error instanceof CancelledError)) {
            // The tree, or saving, says what is wrong with the store.
            setFound([]);
            setSearching(false);
          }
        });
    }, TYPING);
    return () => {
      window.clearTimeout(timer);
      running.abort();
    };
  }, [ask, text]);
  return [found, searching];
}
