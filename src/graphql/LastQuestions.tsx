import { useEffect, useId, useRef, useState, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import type { IQuestion } from './kept';

interface IProps {
  readonly last: readonly IQuestion[];
  readonly onChosen: (question: IQuestion) => void;
}

/** The questions that were asked last, behind a button. */
export function LastQuestions({ last, onChosen }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const [open, setOpen] = useState(false);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLUListElement>(null);

  useEffect(() => {
    if (open) {
      list.current?.querySelector('button')?.focus();
    }
  }, [open]);

  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const move = (step: number): void => {
    const rows = [...(list.current?.querySelectorAll('button') ?? [])];
    const now = rows.indexOf(document.activeElement as HTMLButtonElement);
    rows[(now + step + rows.length) % rows.length]?.focus();
  };
  return (
    // The keys belong to the buttons within it.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={root}
      className="jp-DataHub-graphLast"
      onKeyDown={event => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (open && event.key === 'Escape') {
          event.stopPropagation();
          close();
        } else if (open && step) {
          event.preventDefault();
          move(step);
        }
      }}
      onBlur={event => {
        if (!root.current?.contains(event.relatedTarget)) {
          setOpen(false);
        }
      }}
    >
      <button
        ref={button}
        type="button"
        className="jp-mod-styled"
        disabled={last.length === 0}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {trans.__('Last queries')}
      </button>
      {open && (
        <ul id={id} ref={list} aria-label={trans.__('Last queries')}>
          {last.map((question, index) => (
            <li key={index}>
              <button
                type="button"
                title={question.query}
                onClick={() => {
                  onChosen(question);
                  setOpen(false);
                }}
              >
                {question.query.replace(/\s+/g, ' ').trim()}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
