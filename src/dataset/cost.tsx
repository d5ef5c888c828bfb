import type { TranslationBundle } from '@jupyterlab/translation';
import { useCallback, useSyncExternalStore, type ReactElement } from 'react';

import type { DatasetPage } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatBytes } from '../browser/format';
import { canHave, priceWords } from '../consent/money';
import { isBundle } from '../members/words';
import type { ILoadTarget } from '../notebook/tokens';
import { isImage } from './image';
import {
  assetToLoad,
  fileAssets,
  groupAsset,
  isFrame,
  isHere,
  isLocal,
  isStored,
  mainAsset
} from './model';
import { isArchived } from './store';
import { accessSentence } from './words';

interface IProps {
  readonly page: DatasetPage;
  readonly obstacle: string;
  readonly target: ILoadTarget | null;
}

/** What the buttons above cost and where a load goes, before anybody clicks. */
export function Cost({ page, obstacle, target }: IProps): ReactElement | null {
  const { trans } = useSidebar().hub;
  const name = useTargetName(target);
  const { dataset } = page;
  const asset = assetToLoad(dataset);
  const frames = fileAssets(dataset).filter(isFrame);
  if (obstacle && dataset.access !== 'open' && dataset.access_note) {
    // It is said above and beside the files, with what to do.
    return null;
  }
  const loaded = name
    ? trans.__('It is loaded into %1.', name)
    : trans.__('It is loaded into a new notebook.');
  const words = obstacle
    ? [obstacle]
    : asset?.loads_as_anndata
      ? [subjectOf(page, trans), costOf(page, trans), loaded]
      : isStored(dataset)
        ? [
            costOf(page, trans),
            trans.__('The notebook gets the path of what is downloaded.')
          ]
        : groupAsset(dataset) || frames.length > 1
          ? [
              trans.__(
                'Choose single files below, or all of them; what that costs is said before they come.'
              )
            ]
          : frames.length === 1
            ? [
                trans.__(
                  '“%1” is made now, which may take minutes.',
                  frames[0].name
                ),
                loaded
              ]
            : [
                costOf(page, trans),
                fileAssets(dataset).some(isBundle)
                  ? trans.__('Load one of what is in it, below.')
                  : fileAssets(dataset).some(isImage)
                    ? trans.__(
                        'Look at an image below, and load it from there.'
                      )
                    : trans.__('Its files cannot be loaded as an AnnData.')
              ];
  return <p className="jp-DataHub-cost">{words.filter(Boolean).join(' ')}</p>;
}

/** Which of several files is meant, and what happens to it on its way. */
function subjectOf(
  { dataset, converts, made }: DatasetPage,
  trans: TranslationBundle
): string {
  const asset = assetToLoad(dataset);
  if (asset === null || isLocal(dataset)) {
    return '';
  }
  return [
    fileAssets(dataset).length > 1
      ? trans.__('Load means “%1”.', asset.name)
      : '',
    converts.includes(asset.ref) && !made.includes(asset.ref)
      ? trans.__('It is converted to h5ad once, after it is downloaded.')
      : ''
  ]
    .filter(Boolean)
    .join(' ');
}

function costOf(page: DatasetPage, trans: TranslationBundle): string {
  const asset = assetToLoad(page.dataset);
  const size = asset?.size ?? null;
  const rounded = asset?.rounded_size ?? null;
  const price = asset ? priceWords(asset, trans) : '';
  if (isLocal(page.dataset)) {
    return trans.__('It is on this machine: nothing to download.');
  }
  if (isHere(page)) {
    return size === null
      ? trans.__('It is in the library: nothing to download.')
      : trans.__(
          'It is in the library (%1): nothing to download.',
          formatBytes(size)
        );
  }
  if (size !== null) {
    return price
      ? trans.__('%1 to download, which costs %2.', formatBytes(size), price)
      : trans.__('%1 to download.', formatBytes(size));
  }
  return rounded === null
    ? trans.__('Its catalog does not say how large the download is.')
    : trans.__('About %1 to download.', formatBytes(rounded));
}

/** Why a dataset cannot be downloaded as things stand; empty where it can. */
export function obstacleOf(
  { dataset }: DatasetPage,
  trans: TranslationBundle
): string {
  const asset = mainAsset(dataset);
  if (!asset) {
    return trans.__('Its catalog offers no file of this dataset.');
  }
  if (isArchived(dataset)) {
    return trans.__('Its files are in an archive.');
  }
  if (dataset.withdrawn) {
    return trans.__('A withdrawn version can no longer be downloaded.');
  }
  if (!canHave(asset)) {
    return asset.access_note || accessSentence(asset.access, trans);
  }
  return '';
}

const SILENT = (): void => undefined;

function useTargetName(target: ILoadTarget | null): string {
  const subscribe = useCallback(
    (onChange: () => void) => {
      if (!target) {
        return SILENT;
      }
      const slot = (): void => onChange();
      target.changed.connect(slot);
      return () => {
        target.changed.disconnect(slot);
      };
    },
    [target]
  );
  return useSyncExternalStore(subscribe, () => target?.name ?? '');
}
