import { useEffect, useId, useMemo, useState, type ReactElement } from 'react';

import type { DatasetPage, Preview as Facts } from '../api/models';
import { sentences } from '../api/sentences';
import { useSidebar } from '../browser/context';
import { useSignal } from '../browser/useSignal';
import { aloneRefs, assetToLoad, isLocal, mainAsset } from '../dataset/model';
import { canHave } from '../consent/money';
import { SelectionModel } from '../selection/model';
import { SelectionPanel } from '../selection/SelectionPanel';
import { Cells } from './Cells';
import { ConvertFirst, type IFile } from './ConvertFirst';
import { Failure } from './Failure';
import { FileFacts } from './FileFacts';
import { PreviewModel, type IPreviewState } from './model';
import { ObsTable } from './ObsTable';
import { Waiting } from './Waiting';
import {
  costWords,
  fetchedWords,
  isUnchosen,
  previewable,
  shapeWords
} from './words';

/** What can be known of a dataset without downloading it; nothing where nothing can. */
export function Preview({
  page
}: {
  readonly page: DatasetPage;
}): ReactElement | null {
  const { trans } = useSidebar().hub;
  const headingId = useId();
  const { dataset, converts, in_library, made } = page;
  const main = mainAsset(dataset);
  const seen = previewable(dataset.assets, in_library, made);
  // Of a table nothing is known before it is converted, which is offered of what is loaded.
  const loaded = assetToLoad(dataset);
  const unknown =
    loaded && converts.includes(loaded.ref) && !seen.includes(loaded)
      ? loaded
      : null;
  const assets = unknown && canHave(unknown) ? [...seen, unknown] : seen;
  const [chosen, setChosen] = useState('');
  const asset =
    assets.find(({ ref }) => ref === chosen) ??
    assets.find(({ ref }) => ref === main?.ref) ??
    assets[0];
  if (!asset || dataset.withdrawn) {
    return null;
  }
  const isMade = made.includes(asset.ref);
  const file: IFile = {
    asset,
    title: dataset.title,
    here: isLocal(dataset) || isMade || in_library.includes(asset.ref),
    made: isMade,
    told: aloneRefs(dataset).includes(asset.ref)
  };
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
      {asset === unknown ? (
        <ConvertFirst {...file} facts={null} />
      ) : (
        <FilePreview
          key={`${asset.ref} ${file.made}`}
          {...file}
          cells={dataset.cells}
        />
      )}
    </section>
  );
}

function FilePreview({
  cells,
  ...file
}: IFile & { readonly cells: number | null }): ReactElement {
  const { asset, here } = file;
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
        file={file}
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
  file
}: {
  readonly model: PreviewModel;
  readonly selection: SelectionModel;
  readonly facts: Facts;
  readonly state: IPreviewState;
  readonly file: IFile;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const chosen = isUnchosen(facts) ? null : selection;
  return (
    <>
      <p className="jp-DataHub-previewSummary" role="status">
        <strong>{shapeWords(facts.shape, trans)}</strong>{' '}
        <span className="jp-DataHub-quiet">
          {fetchedWords(facts, file.made, trans)}
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
          title={file.title}
          here={file.here}
        />
      ) : (
        <ConvertFirst {...file} facts={facts} />
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
