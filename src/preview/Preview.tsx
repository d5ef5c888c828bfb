import { useEffect, useId, useMemo, useState, type ReactElement } from 'react';

import { DataHubError } from '../api/errors';
import type { Asset, DatasetPage, Preview as Facts } from '../api/models';
import { errorSentences, sentences } from '../api/sentences';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { formatDuration } from '../browser/format';
import { useSignal } from '../browser/useSignal';
import { isLocal, mainAsset } from '../dataset/model';
import { mostOf, PaidLook } from '../consent/PaidLook';
import { SelectionModel } from '../selection/model';
import { SelectionPanel } from '../selection/SelectionPanel';
import { Cells } from './Cells';
import { ConvertFirst } from './ConvertFirst';
import { FileFacts } from './FileFacts';
import { PreviewModel, type IPreviewState } from './model';
import { ObsTable } from './ObsTable';
import {
  costWords,
  fetchedWords,
  isUnchosen,
  previewable,
  shapeWords
} from './words';

/** Seconds after which a look is said to be slow. */
const SLOW = 10;

/** What can be known of a dataset without downloading it; nothing where nothing can. */
export function Preview({
  page
}: {
  readonly page: DatasetPage;
}): ReactElement | null {
  const { trans } = useSidebar().hub;
  const headingId = useId();
  const { dataset, in_library, made } = page;
  const main = mainAsset(dataset);
  const assets = previewable(dataset.assets, in_library, made);
  const [chosen, setChosen] = useState('');
  const asset =
    assets.find(({ ref }) => ref === chosen) ??
    assets.find(({ ref }) => ref === main?.ref) ??
    assets[0];
  if (!asset || dataset.withdrawn) {
    return null;
  }
  const here = isLocal(dataset) || in_library.includes(asset.ref);
  const isMade = made.includes(asset.ref);
  return (
    <section className="jp-DataHub-preview" aria-labelledby={headingId}>
      <div className="jp-DataHub-previewHead">
        <h2 id={headingId}>{trans.__('Preview')}</h2>
        {assets.length > 1 && (
          <select
            aria-label={trans.__('File')}
            value={asset.ref}
            onChange={event => setChosen(event.target.value)}
          >
            {assets.map(({ ref, name }) => (
              <option key={ref} value={ref}>
                {name}
              </option>
            ))}
          </select>
        )}
      </div>
      <FilePreview
        key={`${asset.ref} ${isMade}`}
        asset={asset}
        title={dataset.title}
        cells={dataset.cells}
        here={here || isMade}
        made={isMade}
      />
    </section>
  );
}

function FilePreview({
  asset,
  title,
  cells,
  here,
  made
}: {
  readonly asset: Asset;
  readonly title: string;
  readonly cells: number | null;
  /** Whether the file is on this machine, so that a look costs nothing. */
  readonly here: boolean;
  /** Whether what is looked into is the h5ad that was made of it. */
  readonly made: boolean;
}): ReactElement {
  const { trans, client } = useSidebar().hub;
  const { ref, size } = asset;
  const model = useMemo(
    () => new PreviewModel(ref, client, trans),
    [ref, client, trans]
  );
  // What is chosen stays while the file is looked into again.
  const selection = useMemo(
    () => new SelectionModel(ref, client, trans),
    [ref, client, trans]
  );
  useEffect(() => () => model.dispose(), [model]);
  useEffect(() => () => selection.dispose(), [selection]);
  useEffect(() => {
    const { facts, busy } = model.state;
    if (here && !facts && !busy) {
      void model.load();
    }
  }, [model, here]);
  const state = useSignal(model.changed, () => model.state);
  if (state.busy) {
    return <Waiting onStop={() => model.stop()} />;
  }
  if (state.error !== null) {
    return (
      <Failure error={state.error} onRetry={most => void model.load(most)} />
    );
  }
  if (state.facts) {
    return (
      <Content
        model={model}
        selection={selection}
        facts={state.facts}
        state={state}
        asset={asset}
        title={title}
        here={here}
        made={made}
      />
    );
  }
  return (
    <div className="jp-DataHub-previewStart">
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => void model.load()}
      >
        {trans.__('Preview')}
      </button>
      <span className="jp-DataHub-quiet">
        {here ? '' : costWords(size, cells, trans)}
      </span>
    </div>
  );
}

function Content({
  model,
  selection,
  facts,
  state,
  asset,
  title,
  here,
  made
}: {
  readonly model: PreviewModel;
  readonly selection: SelectionModel;
  readonly facts: Facts;
  readonly state: IPreviewState;
  readonly asset: Asset;
  readonly title: string;
  readonly here: boolean;
  readonly made: boolean;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const chosen = isUnchosen(facts) ? null : selection;
  return (
    <>
      <p className="jp-DataHub-previewSummary" role="status">
        <strong>{shapeWords(facts.shape, trans)}</strong>{' '}
        <span className="jp-DataHub-quiet">
          {fetchedWords(facts, made, trans)}
        </span>
      </p>
      {facts.encodings.length > 0 && (
        <p className="jp-DataHub-notice jp-mod-warning">
          {trans.__(
            'Parts of it are written in a way that only a newer anndata reads: %1.',
            facts.encodings.join(', ')
          )}
        </p>
      )}
      <Cells model={model} selection={chosen} facts={facts} state={state} />
      {chosen ? (
        <SelectionPanel
          model={chosen}
          facts={facts}
          title={title}
          here={here}
        />
      ) : (
        <ConvertFirst asset={asset} facts={facts} title={title} here={here} />
      )}
      <FileFacts facts={facts} />
      {facts.notes.map(note => (
        <p key={note} className="jp-DataHub-hint">
          {sentences([note])}
        </p>
      ))}
      {facts.obs.length > 0 && (
        <ObsTable
          columns={facts.obs}
          by={state.by}
          selection={chosen}
          onColumn={
            facts.picture.embedding
              ? name => void model.chooseColumn(name)
              : null
          }
        />
      )}
    </>
  );
}

/** A file that is being looked into, with words once it takes long. */
function Waiting({ onStop }: { readonly onStop: () => void }): ReactElement {
  const { trans } = useSidebar().hub;
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => setSeconds(past => past + 1), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <div aria-busy="true">
      <p className="jp-DataHub-previewSummary">
        <span role="status">
          {seconds < SLOW
            ? trans.__('Reading parts of the file…')
            : trans.__('The host is slow.')}
        </span>{' '}
        <span className="jp-DataHub-quiet">
          {seconds > 2 && formatDuration(seconds)}
        </span>{' '}
        <button type="button" className="jp-DataHub-link" onClick={onStop}>
          {trans.__('Stop')}
        </button>
      </p>
      <div className="jp-DataHub-pictureColumns" aria-hidden="true">
        <div className="jp-DataHub-picture">
          <span className="jp-DataHub-bone jp-DataHub-canvas" />
        </div>
        <div className="jp-DataHub-legend">
          {[0, 1, 2, 3, 4, 5].map(line => (
            <span key={line} className="jp-DataHub-bone" />
          ))}
        </div>
      </div>
    </div>
  );
}

/** Why there is no preview; where no try would help, it is said quietly. */
function Failure({
  error,
  onRetry
}: {
  readonly error: unknown;
  readonly onRetry: (most: number | null) => void;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const most = mostOf(error);
  if (most !== null) {
    return (
      <PaidLook
        lead={trans.__('Whoever looks at this file pays for what is fetched.')}
        most={most}
        trans={trans}
        onAgree={onRetry}
      />
    );
  }
  if (error instanceof DataHubError && error.code === 'not_supported') {
    return (
      <p className="jp-DataHub-quiet">
        {trans.__('There is no preview of this file.')}{' '}
        {errorSentences(error.body)}
      </p>
    );
  }
  return (
    <ErrorNotice
      error={error}
      lead={trans.__('There is no preview.')}
      spoken
      onRetry={() => onRetry(null)}
    />
  );
}
