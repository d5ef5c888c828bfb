import type { ReactElement } from 'react';

import { useSidebar } from '../browser/context';

/** Shows or hides what is in a file. */
export function MembersToggle(props: {
  readonly name: string;
  /** The id of what it shows. */
  readonly controls: string;
  readonly opened: boolean;
  readonly onToggle: (opened: boolean) => void;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const { name, controls, opened, onToggle } = props;
  return (
    <div>
      <button
        type="button"
        className="jp-DataHub-link"
        aria-expanded={opened}
        aria-controls={controls}
        aria-label={trans.__('What is in %1', name)}
        onClick={() => onToggle(!opened)}
      >
        {opened
          ? trans.__('Hide what is in it')
          : trans.__('Show what is in it')}
      </button>
    </div>
  );
}
