import type { TranslationBundle } from '@jupyterlab/translation';
import { checkIcon, searchIcon } from '@jupyterlab/ui-components';
import {
  useEffect,
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement
} from 'react';

import type { Hit, SourceStatus } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { formatInteger } from '../browser/format';
import { amountWords, spokenHit, subjectWords } from '../browser/hitWords';
import type { SearchModel } from '../browser/searchModel';
import { sourceTitle } from '../browser/sourceWords';
import { useSignal } from '../browser/useSignal';

/** Results offered here; the sidebar has all of them. */
const OFFERED = 30;

interface IProps {
  readonly model: SearchModel;
  readonly into: string;
  readonly onLoad: (hit: Hit) => void;
  readonly onClose: () => void;
}

/** A search field with its results below: the arrows choose, Enter loads. */
export function AddData(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { model, into, onLoad, onClose } = props;
  const state = useSignal(model.changed, () => model.state);
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [active, setActive] = useState(0);
  const total = state.result?.total ?? 0;
  const hits = Array.from({ length: Math.min(total, OFFERED) }, (_, index) =>
    model.hit(index)
  ).filter((hit): hit is Hit => hit?.loads_as_anndata === true);

  useEffect(() => input.current?.focus(), []);
  useEffect(() => setActive(0), [state.answer]);
  useEffect(() => {
    document
      .getElementById(`${id}-${active}`)
      ?.scrollIntoView({ block: 'nearest' });
  }, [id, active]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step: { [key: string]: number } = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in step) {
      const next = active + step[event.key];
      setActive(Math.max(0, Math.min(hits.length - 1, next)));
    } else if (event.key === 'Enter' && hits[active]) {
      onLoad(hits[active]);
    } else if (event.key === 'Escape') {
      onClose();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const shown = !state.loading && hits.length > 0;
  return (
    <>
      <div className="jp-DataHub-search">
        <searchIcon.react
          tag="span"
          className="jp-DataHub-icon"
          aria-hidden="true"
        />
        <input
          ref={input}
          type="search"
          role="combobox"
          aria-expanded={shown}
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={shown ? `${id}-${active}` : undefined}
          aria-label={trans.__('Search datasets to load into %1', into)}
          placeholder={trans.__('Search datasets')}
          value={state.query.text}
          maxLength={1000}
          spellCheck={false}
          autoComplete="off"
          onChange={event => model.setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      <p className="jp-DataHub-popoverHint" role="status">
        {state.result === null || state.loading
          ? trans.__('Searching…')
          : found(state.result.total, state.result.corrected, into, trans)}
      </p>
      {state.error !== null && (
        <ErrorNotice error={state.error} onRetry={() => void model.search()} />
      )}
      <ul
        id={id}
        className="jp-DataHub-options"
        role="listbox"
        aria-label={trans.__('Datasets')}
        hidden={!shown}
      >
        {hits.map((hit, index) => (
          <Option
            key={hit.ref}
            id={`${id}-${index}`}
            hit={hit}
            source={titleOf(hit, state.sources)}
            active={index === active}
            onPoint={() => setActive(index)}
            onChoose={() => onLoad(hit)}
          />
        ))}
      </ul>
    </>
  );
}

function titleOf(
  { source }: Hit,
  sources: readonly SourceStatus[] | null
): string {
  const known = sources?.find(({ name }) => name === source);
  return known ? sourceTitle(known) : source;
}

/** What was found, and what the keys do. */
export function found(
  total: number,
  corrected: string,
  into: string,
  trans: TranslationBundle
): string {
  if (total === 0) {
    return trans.__('No dataset has these words. Try fewer, or other ones.');
  }
  const count = trans._n(
    '%2 dataset.',
    '%2 datasets.',
    total,
    formatInteger(total)
  );
  const keys = trans.__('Enter loads the chosen one into %1.', into);
  const instead = corrected && trans.__('Searched for “%1”.', corrected);
  return [instead, count, keys].filter(Boolean).join(' ');
}

interface IOptionProps {
  readonly id: string;
  readonly hit: Hit;
  /** The title of the Source it is from. */
  readonly source: string;
  readonly active: boolean;
  readonly onPoint: () => void;
  readonly onChoose: () => void;
}

function Option(props: IOptionProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { id, hit, source, active, onPoint, onChoose } = props;
  return (
    // The keys of the field above move and choose; it keeps the focus all the time.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <li
      id={id}
      role="option"
      aria-selected={active}
      aria-label={spokenHit(hit, source, trans)}
      className={`jp-DataHub-option ${active ? 'jp-mod-active' : ''}`}
      onMouseMove={onPoint}
      onMouseDown={event => event.preventDefault()}
      onClick={onChoose}
    >
      <span className="jp-DataHub-optionHead">
        <span className="jp-DataHub-optionTitle">{hit.title}</span>
        <span className="jp-DataHub-optionSource">{source}</span>
      </span>
      <span className="jp-DataHub-optionWords">
        {[subjectWords(hit), ...amountWords(hit, trans)]
          .filter(Boolean)
          .join(' · ')}
        {hit.in_library && (
          <span className="jp-DataHub-mark jp-mod-done">
            {' · '}
            <checkIcon.react tag="span" className="jp-DataHub-icon" />
            {trans.__('in the library')}
          </span>
        )}
      </span>
    </li>
  );
}
