import { useEffect, useState } from 'react';

import { CancelledError } from '../api/errors';
import type { SaveForm } from '../api/models';
import { useSidebar } from '../browser/context';

interface IFormState {
  readonly form: SaveForm | null;
  readonly failure: unknown;
  readonly again: () => void;
}

/** What a store wants to know, asked when the dialog opens. */
export function useForm(source: string): IFormState {
  const { client } = useSidebar().hub;
  const [form, setForm] = useState<SaveForm | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    setForm(null);
    setFailure(null);
    if (!source) {
      return;
    }
    const running = new AbortController();
    client
      .saveForm(source, running.signal)
      .then(setForm)
      .catch((error: unknown) => {
        if (!(error instanceof CancelledError)) {
          setFailure(error);
        }
      });
    return () => running.abort();
  }, [client, source, turn]);
  return { form, failure, again: () => setTurn(turn + 1) };
}
