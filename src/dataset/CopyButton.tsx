import { Clipboard } from '@jupyterlab/apputils';
import { copyIcon } from '@jupyterlab/ui-components';
import { useEffect, useRef, useState, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';

/** Milliseconds for which the button says that it has copied. */
const SAID = 2000;

interface IProps {
  readonly text: string;
  readonly label: string;
}

/** A button that copies a text and says so. */
export function CopyButton({ text, label }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const [copied, setCopied] = useState(false);
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  const copy = (): void => {
    // The browser's own clipboard is missing on pages that come without TLS.
    Clipboard.copyToSystem(text);
    setCopied(true);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setCopied(false), SAID);
  };
  return (
    <button
      type="button"
      className="jp-DataHub-link jp-DataHub-copy"
      onClick={copy}
    >
      <copyIcon.react
        tag="span"
        className="jp-DataHub-icon"
        aria-hidden="true"
      />
      <span aria-live="polite">{copied ? trans.__('Copied') : label}</span>
    </button>
  );
}
