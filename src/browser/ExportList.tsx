import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, useState, type ReactElement } from 'react';

import type { Export } from '../api/models';
import { useSidebar } from './context';
import { formatBytes, formatInteger } from './format';

interface IProps {
  readonly exports: readonly Export[];
  /** What was searched, for the names of what is made of it. */
  readonly title: string;
}

/** What can be made of all that was found: tables, scripts, and the files themselves. */
export function ExportList(props: IProps): ReactElement | null {
  const { hub, run } = useSidebar();
  const { trans } = hub;
  const [open, setOpen] = useState(false);
  const id = useId();
  const Caret = open ? caretDownIcon : caretRightIcon;
  if (props.exports.length === 0) {
    return null;
  }
  return (
    <div className="jp-DataHub-exports">
      <button
        type="button"
        className="jp-DataHub-facet"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        <Caret.react
          tag="span"
          className="jp-DataHub-icon"
          aria-hidden="true"
        />
        {trans.__('Export')}
      </button>
      {open && (
        <ul
          id={id}
          className="jp-DataHub-values"
          aria-label={trans.__('Exports of %1', props.title)}
        >
          {props.exports.map(each => (
            <li key={each.ref}>
              <button
                type="button"
                className="jp-DataHub-export"
                onClick={() =>
                  run(() =>
                    hub.download(each.ref, {
                      title: each.title,
                      size: each.size,
                      files: isGroup(each) ? each.members : undefined
                    })
                  )
                }
              >
                <span className="jp-DataHub-exportTitle">{each.title}</span>{' '}
                <span className="jp-DataHub-count">{amount(each, trans)}</span>
                <span className="jp-DataHub-hint">{each.description}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function isGroup({ format, members }: Export): boolean {
  return format === 'group' || members !== null;
}

/** What comes with a click: "TSV", or "312 files · 1.2 TB". */
function amount(each: Export, trans: TranslationBundle): string {
  const { members, size, format } = each;
  return [
    members === null
      ? isGroup(each)
        ? ''
        : format.toUpperCase()
      : trans._n('%2 file', '%2 files', members, formatInteger(members)),
    size === null ? '' : formatBytes(size)
  ]
    .filter(part => part)
    .join(' · ');
}
