import { closeIcon } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import { IconButton } from '../browser/IconButton';

interface IProps {
  readonly label: string;
  readonly items: readonly {
    readonly key: string;
    readonly title: string;
    readonly note: string;
  }[];
  readonly disabled: boolean;
  readonly onRemove: (key: string) => void;
}

/** Things that were chosen, each of which can be taken away again. */
export function Items(props: IProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { label, items, disabled, onRemove } = props;
  return items.length === 0 ? null : (
    <ul className="jp-DataHub-items" aria-label={label}>
      {items.map(({ key, title, note }) => (
        <li key={key}>
          <span title={key}>{title}</span>
          {note && note !== title && (
            <span className="jp-DataHub-quiet">{note}</span>
          )}
          <IconButton
            icon={closeIcon}
            label={trans.__('Take away %1', title)}
            disabled={disabled}
            onClick={() => onRemove(key)}
          />
        </li>
      ))}
    </ul>
  );
}
