import { caretDownIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';

import { useSidebar } from './context';
import { formatInteger } from './format';
import { isEmpty, type ILiveAnswer } from './liveAnswer';

interface IProps {
  readonly answers: readonly ILiveAnswer[];
  /** Go to what they found. */
  readonly onShow: () => void;
  /** Say no more that a catalog is slow, or go without it. */
  readonly onWait: (source: string) => void;
  readonly onHide: (source: string) => void;
}

/**
 * The line below which catalogs that are asked themselves append what they found.
 *
 * It stays at the lower edge while the rows above it are scrolled through, so that nobody has to
 * reach their end to know that there is more.
 */
export function FurtherLine(props: IProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const { answers, onShow, onWait, onHide } = props;
  const shown = answers.filter(answer => answer.shown);
  if (shown.length === 0) {
    return null;
  }
  const slow = shown.filter(isSlow).map(({ source }) => source);
  const words = furtherWords(shown, trans);
  if (shown.every(isEmpty)) {
    return (
      <div className="jp-DataHub-further" title={words}>
        <span className="jp-DataHub-furtherWords">{words}</span>
      </div>
    );
  }
  return (
    <div className="jp-DataHub-further">
      <button
        type="button"
        className="jp-DataHub-furtherShow"
        title={`${words}\n${trans.__('Show what these catalogs found')}`}
        onClick={onShow}
      >
        <span className="jp-DataHub-furtherWords">{words}</span>
        <caretDownIcon.react
          tag="span"
          className="jp-DataHub-icon"
          aria-hidden="true"
        />
      </button>
      {slow.length > 0 && (
        <>
          <button
            type="button"
            className="jp-DataHub-link"
            onClick={() => slow.forEach(onWait)}
          >
            {trans.__('keep waiting')}
          </button>
          <button
            type="button"
            className="jp-DataHub-link"
            onClick={() => slow.forEach(onHide)}
          >
            {trans.__('hide')}
          </button>
        </>
      )}
    </div>
  );
}

function isSlow({ loading, waited }: ILiveAnswer): boolean {
  return loading && waited > 0;
}

/** Where the catalogs stand, what needs somebody first: "slow (12 s): Atlas · 5 in Commons". */
export function furtherWords(
  answers: readonly ILiveAnswer[],
  trans: TranslationBundle
): string {
  const names = (some: readonly ILiveAnswer[]): string =>
    some.map(({ title }) => title).join(', ');
  const failed = answers.filter(({ error }) => error !== null);
  const slow = answers.filter(isSlow);
  const asked = answers.filter(({ loading, waited }) => loading && !waited);
  const found = answers.filter(({ total }) => total > 0);
  const parts = [
    ...slow.map(({ title, waited }) =>
      // Its state first: a narrow line has no room for a long name.
      trans.__('slow (%2 s): %1', title, waited)
    ),
    failed.length > 0 ? trans.__('no answer from %1', names(failed)) : '',
    ...found.map(({ title, total }) =>
      trans.__('%1 in %2', formatInteger(total), title)
    ),
    asked.length > 0 ? trans.__('asking %1…', names(asked)) : ''
  ].filter(part => part);
  return parts.join(' · ') || trans.__('nothing in %1', names(answers));
}
