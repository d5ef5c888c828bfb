import { closeIcon, searchIcon } from '@jupyterlab/ui-components';
import { forwardRef, type KeyboardEvent } from 'react';

import { useSidebar } from './context';

interface IProps {
  readonly text: string;
  /** Keys that bring the cursor here, as the user reads them. */
  readonly shortcut: string;
  readonly onText: (text: string) => void;
  /** Go on to the results. */
  readonly onDown: () => void;
}

/** The field that is searched while one types. */
export const SearchBox = forwardRef<HTMLInputElement, IProps>((props, ref) => {
  const { trans } = useSidebar().hub;
  const { text, shortcut, onText, onDown } = props;
  const label = trans.__('Search datasets');

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      onDown();
    } else if (event.key === 'Escape' && text) {
      event.preventDefault();
      event.stopPropagation();
      onText('');
    }
  };

  return (
    <div className="jp-DataHub-search" role="search">
      <searchIcon.react
        tag="span"
        className="jp-DataHub-icon"
        aria-hidden="true"
      />
      <input
        ref={ref}
        type="search"
        value={text}
        maxLength={1000}
        spellCheck={false}
        autoComplete="off"
        placeholder={trans.__('Search datasets (↓ to results)')}
        aria-label={label}
        title={shortcut ? `${label} (${shortcut})` : label}
        onChange={event => onText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {text && (
        <button
          type="button"
          className="jp-DataHub-button"
          aria-label={trans.__('Clear the search text')}
          title={trans.__('Clear the search text (Esc)')}
          onClick={() => onText('')}
        >
          <closeIcon.react
            tag="span"
            className="jp-DataHub-icon"
            aria-hidden="true"
          />
        </button>
      )}
    </div>
  );
});
SearchBox.displayName = 'SearchBox';
