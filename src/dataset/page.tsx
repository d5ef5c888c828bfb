import {
  useCallback,
  useEffect,
  useId,
  useRef,
  type ReactElement
} from 'react';

import { DataHubError } from '../api/errors';
import type { Asset, Dataset, DatasetPage } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { useSignal } from '../browser/useSignal';
import { connectionTitle } from '../connections/words';
import type { ILoadTarget } from '../notebook/tokens';
import { Preview } from '../preview/Preview';
import { CommandIDs, type IDataHub } from '../tokens';
import { isFinal } from '../transfers/states';
import { TransferRow } from '../transfers/TransferRow';
import { About, Extra } from './about';
import { AccessNotice } from './access';
import { Actions } from './actions';
import { EntityPage } from './entity';
import { facetNames, Facts } from './facts';
import { FILTERED, Files } from './files';
import { Head } from './head';
import {
  fileAssets,
  folderAsset,
  groupAsset,
  isLocal,
  isStored
} from './model';
import { Properties } from './properties';
import { Registration } from './registration';
import { SameStudy } from './related';
import { Archived, Relations } from './store';
import { Stories } from './stories';
import type { DatasetModel, IPageState } from './model';

interface IProps {
  readonly model: DatasetModel;
  readonly target: ILoadTarget | null;
}

/** The page of one dataset. */
export function Page({ model, target }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const state = useSignal(model.changed, () => model.state);
  if (state.page) {
    return <Content model={model} target={target} state={state} />;
  }
  if (state.error !== null) {
    return <Failure model={model} error={state.error} />;
  }
  return (
    <div
      className="jp-DataHub-pageBody"
      aria-busy="true"
      aria-label={trans.__('Loading the dataset')}
      role="status"
    >
      {state.loading && <Skeleton />}
    </div>
  );
}

function Content(props: IProps & { readonly state: IPageState }): ReactElement {
  const { hub, run } = useSidebar();
  const { trans } = hub;
  const { model, target, state } = props;
  const headingId = useId();
  const page = state.page!;
  const { dataset } = page;
  const { transfer } = state;
  const download = useCallback(
    ({ ref, name, size }: Asset): void =>
      run(() => hub.download(ref, { title: name, size })),
    [hub, run]
  );
  const load = useCallback(
    ({ ref, name }: Asset): void => run(() => hub.load(ref, name)),
    [hub, run]
  );
  if (dataset.entity) {
    return (
      <EntityPage
        dataset={dataset}
        source={state.source}
        headingId={headingId}
      />
    );
  }
  const moving = transfer !== null && !isFinal(transfer.state);
  const several = fileAssets(dataset).length > 1;
  const wide = several && !isStored(dataset);
  // What is said of a dataset is not to be looked for below hundreds of files.
  const long = fileAssets(dataset).length > FILTERED;
  const downloadChosen = (assets: readonly Asset[] | null): void =>
    run(() => fetchChosen(hub, dataset, assets));
  const files = (
    <>
      <h2>{trans.__('Files')}</h2>
      <Files
        page={page}
        onDownload={download}
        onLoad={load}
        onDownloadChosen={
          folderAsset(dataset) || (several && !isLocal(dataset))
            ? downloadChosen
            : null
        }
      />
    </>
  );
  const listed = <section>{files}</section>;
  return (
    <article className="jp-DataHub-pageBody" aria-labelledby={headingId}>
      <Head
        page={page}
        source={state.source}
        headingId={headingId}
        onRetry={() => void model.load()}
      />
      <Archived
        dataset={dataset}
        source={state.source?.title ?? dataset.source}
        onReload={() => void model.load()}
      />
      <AccessNotice
        dataset={dataset}
        places={placesOf(page)}
        source={state.source}
      />
      <Actions
        page={page}
        source={state.source?.title ?? dataset.source}
        target={target}
        moving={moving}
      />
      {transfer && transfer.state !== 'done' && (
        <ul
          className="jp-DataHub-transfers"
          aria-label={trans.__('Transfer of this dataset')}
        >
          <TransferRow transfer={transfer} />
        </ul>
      )}
      {state.error !== null && (
        <ErrorNotice
          error={state.error}
          lead={trans.__('What is shown may be out of date.')}
          tone="warning"
          onRetry={() => void model.load()}
        />
      )}
      <Preview page={page} />
      <Stories dataset={dataset} />
      {wide && !long && listed}
      <div className="jp-DataHub-columns">
        <section className="jp-DataHub-columnWide">
          {!wide && files}
          <h2>{trans.__('About')}</h2>
          <About dataset={dataset} />
          <SameStudy dataset={dataset} />
        </section>
        <section className="jp-DataHub-columnNarrow">
          <Properties dataset={dataset} />
          {isStored(dataset) && <Relations dataset={dataset} />}
          {isStored(dataset) ? (
            <Registration dataset={dataset} />
          ) : hasFacts(dataset) ? (
            <>
              <h2>{trans.__('Facts')}</h2>
              <Facts dataset={dataset} />
            </>
          ) : null}
          <Extra dataset={dataset} />
        </section>
      </div>
      {wide && long && listed}
    </article>
  );
}

/** Fetch the chosen files of a dataset, null for all, as one transfer where its Source can. */
async function fetchChosen(
  hub: IDataHub,
  dataset: Dataset,
  assets: readonly Asset[] | null
): Promise<unknown> {
  const { ref, title } = dataset;
  const folder = folderAsset(dataset);
  const group = groupAsset(dataset);
  if (assets === null && folder) {
    return hub.download(ref, { title, size: folder.size });
  }
  const files = assets ?? fileAssets(dataset);
  if (assets === null && group && group.members === files.length) {
    const { members, size } = group;
    return hub.download(group.ref, { title, size, files: members });
  }
  const wanted = files.map(({ ref, name, size }) => ({
    ref,
    title: name,
    size
  }));
  return isStored(dataset)
    ? hub.downloadAll(wanted)
    : hub.downloadGroup(title, wanted, ref);
}

/** What the Sources are called that have the files of this access. */
function placesOf({ dataset, elsewhere }: DatasetPage): readonly string[] {
  const places = dataset.assets
    .filter(({ access }) => access === dataset.access)
    .map(({ ref }) => elsewhere[ref])
    .filter(Boolean);
  return [...new Set(places)];
}

function hasFacts(dataset: Dataset): boolean {
  const { cells, genes, raw_counts, schema_version } = dataset;
  return Boolean(
    cells !== null ||
    genes !== null ||
    raw_counts ||
    schema_version ||
    facetNames(dataset).length
  );
}

/** Codes of errors that another connection may mend. */
const REFUSED: ReadonlySet<string> = new Set(['no_access', 'expired']);

function Failure({
  model,
  error
}: {
  readonly model: DatasetModel;
  readonly error: unknown;
}): ReactElement {
  const { commands, hub } = useSidebar();
  const { connections, trans } = hub;
  const code = error instanceof DataHubError ? error.code : '';
  const source = error instanceof DataHubError ? error.source : '';
  const store = useSignal(connections.changed, () => connections.find(source));
  const out = REFUSED.has(code) && store && store.state !== 'connected';
  const wasOut = useRef(out);
  // Once we are let in there is something to show.
  useEffect(() => {
    if (wasOut.current && !out) {
      void model.load();
    }
    wasOut.current = out;
  }, [model, out]);
  const leads: { [code: string]: string } = {
    not_found: trans.__('There is no such dataset.'),
    withdrawn: trans.__('This dataset was withdrawn.'),
    bad_request: trans.__('This is not the identifier of a dataset.')
  };
  return (
    <div className="jp-DataHub-pageBody" role="alert">
      <ErrorNotice
        error={error}
        lead={leads[code] ?? trans.__('The dataset cannot be shown.')}
        onRetry={() => void model.load()}
      />
      {out && (
        <p>
          <button
            type="button"
            className="jp-mod-styled jp-mod-accept"
            onClick={() => {
              void commands.execute(CommandIDs.connections, { name: source });
            }}
          >
            {trans.__('Connect to %1', connectionTitle(store))}
          </button>
        </p>
      )}
      <p className="jp-DataHub-quiet">
        {trans.__('Identifier')} <code>{model.ref}</code>
      </p>
    </div>
  );
}

/** The shape of the page, while its content is on its way. */
function Skeleton(): ReactElement {
  return (
    <div className="jp-DataHub-pageSkeleton" aria-hidden="true">
      <span className="jp-DataHub-bone jp-mod-title" />
      <span className="jp-DataHub-bone jp-mod-line" />
      <span className="jp-DataHub-bone jp-mod-buttons" />
      <span className="jp-DataHub-bone jp-mod-block" />
      <span className="jp-DataHub-bone jp-mod-block" />
    </div>
  );
}
