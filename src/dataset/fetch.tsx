import type { ReactElement } from 'react';

import type { Asset, Dataset } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatBytes, formatInteger } from '../browser/format';
import { canHave, priceWords } from '../consent/money';

interface IProps {
  readonly dataset: Dataset;
  /** All its files as one. */
  readonly group: Asset;
  /** Whether it is the first thing to do here. */
  readonly first: boolean;
  readonly disabled: boolean;
  readonly attempt: (action: () => Promise<unknown>) => Promise<void>;
}

/** Fetches all files of a dataset as one transfer, after saying what that costs. */
export function DownloadAll(props: IProps): ReactElement {
  const { hub } = useSidebar();
  const { trans } = hub;
  const { dataset, group, first, disabled, attempt } = props;
  const { members, ref, size } = group;
  const cost = [
    members === null
      ? ''
      : trans._n('%2 file', '%2 files', members, formatInteger(members)),
    size === null ? '' : formatBytes(size),
    priceWords(group, trans)
  ]
    .filter(Boolean)
    .join(', ');
  return (
    <button
      type="button"
      className={`jp-mod-styled ${first ? 'jp-mod-accept' : ''}`}
      disabled={disabled || !canHave(group)}
      onClick={() =>
        void attempt(() =>
          hub.download(ref, { title: dataset.title, size, files: members })
        )
      }
    >
      {cost
        ? trans.__('Download all files (%1)', cost)
        : trans.__('Download all files')}
    </button>
  );
}
