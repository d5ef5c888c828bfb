import { useState, type ReactElement } from 'react';

import type { DatasetPage } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { formatBytes } from '../browser/format';
import { useAttempt } from '../browser/useAttempt';
import { LoadChoice, LoadHint, useLoadOptions } from '../loading/LoadChoice';
import { WHOLE, type IManner } from '../loading/manner';
import { openSelection } from '../loading/openSelection';
import { isBundle } from '../members/words';
import type { ILoadTarget } from '../notebook/tokens';
import { CommandIDs } from '../tokens';
import { Cite } from './citation';
import { Cost, obstacleOf } from './cost';
import { ShowInTree } from './entity';
import { DownloadAll } from './fetch';
import { isImage } from './image';
import { MatrixChoice } from './layers';
import { ExternalLink } from './link';
import {
  assetToLoad,
  fileAssets,
  groupAsset,
  isFrame,
  isHere,
  isLocal,
  isReadAfar,
  notebookAsset,
  isStored,
  wholeAsset
} from './model';

interface IProps {
  readonly page: DatasetPage;
  /** The title of the Source it is from. */
  readonly source: string;
  readonly target: ILoadTarget | null;
  /** Whether a transfer of the dataset is on its way. */
  readonly moving: boolean;
}

/** What can be done with a dataset, and what it costs. */
export function Actions(props: IProps): ReactElement {
  const { commands, hub } = useSidebar();
  const { trans } = hub;
  const { page, source, target, moving } = props;
  const { dataset } = page;
  const asset = assetToLoad(dataset);
  const whole = wholeAsset(dataset);
  const group = groupAsset(dataset);
  const [layer, setLayer] = useState('');
  const stored = isStored(dataset);
  const notebook = notebookAsset(dataset);
  const here = isHere(page);
  const local = isLocal(dataset);
  const { busy, error, attempt, forget } = useAttempt();
  const [citing, setCiting] = useState(false);
  const obstacle = here || local ? '' : obstacleOf(page, trans);
  const becomes = stored || asset?.loads_as_anndata;
  const frames = fileAssets(dataset).filter(isFrame);
  const frame =
    !becomes &&
    asset !== null &&
    frames.length === 1 &&
    isFrame(asset) &&
    !group;
  const layers = (asset && page.layers[asset.ref]) ?? [];
  // All its files are what is wanted of a dataset that has no matrix.
  const alone = becomes || (!group && frames.length < 2);
  // What is in an archive is loaded from the list of its files, an image from its panel.
  const picked =
    !becomes &&
    !frame &&
    fileAssets(dataset).some(file => isBundle(file) || isImage(file));
  const loadable =
    asset?.loads_as_anndata && !obstacle && !frame ? asset.ref : '';
  const options = useLoadOptions(loadable, here || local, target);
  const [chosen, setChosen] = useState<IManner | null>(null);
  const afar = !here && isReadAfar(dataset, asset);
  const { here: inPlace, ...wanted } = chosen ?? {
    ...WHOLE,
    way: options?.best ?? WHOLE.way
  };
  // Once there is a copy, nobody reads what is far away.
  const manner: IManner = afar && inPlace ? { ...wanted, here: true } : wanted;
  const load = (): Promise<void> => {
    if (manner.way === 'selection') {
      return openSelection(dataset.ref, ref => hub.openDataset(ref));
    }
    const ref = asset?.ref ?? dataset.ref;
    const { title } = dataset;
    return manner.way !== 'whole'
      ? hub.load(ref, title, '', manner)
      : layer
        ? hub.load(ref, title, layer)
        : hub.load(ref, title);
  };

  return (
    <section
      className="jp-DataHub-actions"
      aria-label={trans.__('What can be done')}
    >
      <div className="jp-DataHub-actionRow">
        {alone && !picked && (
          <button
            type="button"
            className="jp-mod-styled jp-mod-accept"
            disabled={busy || Boolean(obstacle) || !(becomes || frame)}
            onClick={() => void attempt(load)}
          >
            {frame
              ? trans.__('Load as a data frame')
              : manner.way === 'selection'
                ? trans.__('Choose cells and genes')
                : trans.__('Load in notebook')}
          </button>
        )}
        {loadable && (
          <LoadChoice
            options={options}
            manner={manner}
            afar={afar}
            onManner={setChosen}
          />
        )}
        {layers.length > 0 && manner.way === 'whole' && (
          <MatrixChoice layers={layers} layer={layer} onLayer={setLayer} />
        )}
        {local || !alone ? null : here && !asset?.volatile ? (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => {
              void commands.execute(CommandIDs.showLibrary);
            }}
          >
            {trans.__('Show in library')}
          </button>
        ) : (
          <button
            type="button"
            className="jp-mod-styled"
            disabled={busy || moving || Boolean(obstacle)}
            onClick={() =>
              void attempt(() =>
                hub.download(dataset.ref, {
                  title: dataset.title,
                  size: whole?.size ?? null
                })
              )
            }
          >
            {whole?.size
              ? trans.__('Download (%1)', formatBytes(whole.size))
              : trans.__('Download')}
          </button>
        )}
        {group && (
          <DownloadAll
            dataset={dataset}
            group={group}
            first={!becomes}
            disabled={busy || moving}
            attempt={attempt}
          />
        )}
        {stored && notebook && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => {
              void commands.execute(CommandIDs.newNotebook, {
                copy: notebook.ref
              });
            }}
          >
            {trans.__('Open a copy of the notebook')}
          </button>
        )}
        {stored && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => {
              void commands.execute(CommandIDs.newNotebook, {
                refs: [dataset.ref],
                title: dataset.title
              });
            }}
          >
            {trans.__('New notebook')}
          </button>
        )}
        {stored && <ShowInTree dataset={dataset} />}
        {dataset.url && (
          <ExternalLink
            url={dataset.url}
            className="jp-DataHub-buttonLink jp-mod-styled"
          >
            {stored ? trans.__('Open in the ELN') : trans.__('Open in browser')}
          </ExternalLink>
        )}
        <button
          type="button"
          className="jp-mod-styled"
          aria-expanded={citing}
          onClick={() => setCiting(!citing)}
        >
          {trans.__('Cite')}
        </button>
      </div>
      {!manner.here && <Cost page={page} obstacle={obstacle} target={target} />}
      {loadable && <LoadHint options={options} manner={manner} />}
      {error !== null && <ErrorNotice error={error} onHide={forget} />}
      {citing && <Cite dataset={dataset} source={source} />}
    </section>
  );
}
