import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement, ReactNode, RefObject } from 'react';

interface IProps {
  /** What the button says that submits the form. */
  readonly submit: string;
  readonly disabled?: boolean;
  /** Whether it does what is warned of. */
  readonly warn?: boolean;
  readonly button?: RefObject<HTMLButtonElement>;
  readonly trans: TranslationBundle;
  readonly onCancel: () => void;
  /** What stands before the buttons. */
  readonly children?: ReactNode;
}

/** The end of a form in a dialog: the way out, then what it is there for. */
export function FormActions(props: IProps): ReactElement {
  const { submit, disabled, warn, button, trans, onCancel, children } = props;
  return (
    <div className="jp-DataHub-formActions">
      {children}
      <button
        type="button"
        className="jp-mod-styled jp-mod-reject"
        onClick={onCancel}
      >
        {trans.__('Cancel')}
      </button>
      <button
        ref={button}
        type="submit"
        className={`jp-mod-styled ${warn ? 'jp-mod-warn' : 'jp-mod-accept'}`}
        disabled={disabled}
      >
        {submit}
      </button>
    </div>
  );
}
