import type { LabIcon } from '@jupyterlab/ui-components';
import { forwardRef, type ButtonHTMLAttributes } from 'react';

interface IProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: LabIcon;
  /** What the button does; also its tooltip. */
  readonly label: string;
  /** Words beside the icon; the icon stands alone where they are missing. */
  readonly text?: string;
}

/** A small button with an icon. */
export const IconButton = forwardRef<HTMLButtonElement, IProps>(
  ({ icon, label, text, className, ...others }, ref) => (
    <button
      {...others}
      ref={ref}
      type="button"
      className={`jp-DataHub-button ${className ?? ''}`}
      aria-label={label}
      title={label}
    >
      <icon.react tag="span" className="jp-DataHub-icon" aria-hidden="true" />
      {text && <span className="jp-DataHub-buttonText">{text}</span>}
    </button>
  )
);
IconButton.displayName = 'IconButton';
