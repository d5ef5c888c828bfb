import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { forwardRef, useId, type ReactNode } from 'react';

interface IProps {
  readonly title: string;
  /** What the closed section tells: a count, a size. */
  readonly note: string;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
  readonly className: string;
  readonly children: ReactNode;
}

/** A part of the sidebar below the results that can be folded away. */
export const Section = forwardRef<HTMLButtonElement, IProps>((props, ref) => {
  const { title, note, open, onToggle, className, children } = props;
  const id = useId();
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <section
      className={`jp-DataHub-section ${className}`}
      aria-labelledby={`${id}-title`}
    >
      <h2 className="jp-DataHub-sectionHeading">
        <button
          ref={ref}
          type="button"
          className="jp-DataHub-sectionTitle"
          aria-expanded={open}
          aria-controls={open ? `${id}-body` : undefined}
          onClick={() => onToggle(!open)}
        >
          <Caret.react
            tag="span"
            className="jp-DataHub-icon"
            aria-hidden="true"
          />
          <span id={`${id}-title`}>{title}</span>
          <span className="jp-DataHub-sectionNote">{note}</span>
        </button>
      </h2>
      {open && (
        <div id={`${id}-body`} className="jp-DataHub-sectionBody">
          {children}
        </div>
      )}
    </section>
  );
});
Section.displayName = 'Section';
