import { useCallback, useMemo, useState, type ReactElement } from 'react';

import type { Asset, DatasetPage, Transfer } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';
import { useSignal } from '../browser/useSignal';
import { Chosen } from './chosen';
import { Chunks } from './chunks';
import { canChoose, columnsOf, FileRow, type IRows } from './fileRow';
import { ImagePanel } from './imagePanel';
import { aloneRefs, fileAssets, isLocal } from './model';
import { isArchived } from './store';

interface IProps {
  readonly page: DatasetPage;
  readonly onDownload: (asset: Asset) => void;
  readonly onLoad: (asset: Asset) => void;
  /** Gets the chosen files, null for all; null itself where there is nothing to choose. */
  readonly onDownloadChosen: ((assets: readonly Asset[] | null) => void) | null;
}

/** Files above which they can be filtered by name. */
export const FILTERED = 20;

/** The files of a dataset, under the headings that its catalog has for them. */
export function Files(props: IProps): ReactElement {
  const { hub } = useSidebar();
  const { trans } = hub;
  const { page, onDownload, onLoad, onDownloadChosen } = props;
  const { dataset } = page;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [text, setText] = useState('');
  const [looked, setLooked] = useState<Asset | null>(null);
  const assets = useMemo(() => fileAssets(dataset), [dataset]);
  const tickable = useMemo(() => assets.filter(canChoose), [assets]);
  const toggle = useCallback(
    (ref: string): void =>
      setChosen(before => {
        const next = new Set(before);
        if (!next.delete(ref)) {
          next.add(ref);
        }
        return next;
      }),
    []
  );
  const transfers = useTransfers(aloneRefs(dataset));
  if (dataset.assets.length === 0) {
    return (
      <p className="jp-DataHub-quiet">
        {trans.__('Its catalog offers no file of this dataset.')}
      </p>
    );
  }
  const archived = isArchived(dataset);
  const choosing =
    onDownloadChosen !== null && tickable.length > 1 && !archived;
  const rows: IRows = {
    choosing,
    acting: assets.length > 1 && !archived,
    access: assets.some(({ access }) => access !== 'open'),
    said: dataset.access === 'open' ? '' : dataset.access_note,
    onToggle: toggle,
    onDownload,
    onLoad,
    onLook: setLooked
  };
  const wanted = text.trim().toLowerCase();
  const matching = wanted
    ? assets.filter(({ name, note }) =>
        `${name} ${note}`.toLowerCase().includes(wanted)
      )
    : assets;
  const columns = Object.entries(columnsOf(rows.access, trans));
  const all = isLocal(dataset) || page.in_library.includes(dataset.ref);
  const here = new Set(page.in_library);
  const row = (asset: Asset): ReactElement => (
    <FileRow
      key={asset.ref}
      {...rows}
      asset={asset}
      chosen={chosen.has(asset.ref)}
      place={page.elsewhere[asset.ref] ?? ''}
      here={here.has(asset.ref) || (all && !asset.volatile)}
      transfer={transfers.get(asset.ref) ?? null}
    />
  );
  return (
    <>
      {looked && (
        <ImagePanel
          key={looked.ref}
          asset={looked}
          assets={assets}
          onClose={() => setLooked(null)}
        />
      )}
      {assets.length > FILTERED && (
        <Filter
          text={text}
          onText={setText}
          found={matching.length}
          total={assets.length}
        />
      )}
      {choosing && (
        <Chosen
          assets={wanted ? matching.filter(canChoose) : tickable}
          chosen={chosen}
          whole={!wanted && tickable.length === assets.length}
          onChosen={setChosen}
          onDownload={onDownloadChosen}
        />
      )}
      <div
        className="jp-DataHub-files"
        role="region"
        aria-label={trans.__('Files')}
        // A table wider than the tab is scrolled, with the keyboard as well.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        <table aria-rowcount={matching.length + 1}>
          <thead>
            <tr>
              {columns.map(([column, title]) => (
                <th
                  key={column}
                  scope="col"
                  className={
                    column === 'size' ? 'jp-DataHub-number' : undefined
                  }
                >
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          {sectionsOf(matching).map(([section, files]) => (
            <Section key={section} title={section} columns={columns.length}>
              <Chunks items={files} columns={columns.length} renderRow={row} />
            </Section>
          ))}
        </table>
      </div>
    </>
  );
}

function Section(props: {
  readonly title: string;
  readonly columns: number;
  readonly children: ReactElement;
}): ReactElement {
  const { title, columns, children } = props;
  return (
    <>
      {title && (
        <tbody className="jp-DataHub-fileSection">
          <tr>
            <th scope="rowgroup" colSpan={columns}>
              {title}
            </th>
          </tr>
        </tbody>
      )}
      {children}
    </>
  );
}

function Filter(props: {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly found: number;
  readonly total: number;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const { text, onText, found, total } = props;
  return (
    <div className="jp-DataHub-fileFilter">
      <input
        type="search"
        className="jp-DataHub-facetFilter"
        placeholder={trans.__('Filter by name')}
        aria-label={trans.__('Filter files by name')}
        value={text}
        onChange={event => onText(event.target.value)}
      />
      <span role="status" className="jp-DataHub-quiet">
        {text.trim()
          ? trans.__(
              '%1 of %2 files',
              formatInteger(found),
              formatInteger(total)
            )
          : ''}
      </span>
    </div>
  );
}

/** The files by their headings, in the order of the first of each. */
function sectionsOf(assets: readonly Asset[]): [string, Asset[]][] {
  const sections = new Map<string, Asset[]>();
  for (const asset of assets) {
    const known = sections.get(asset.section);
    if (known) {
      known.push(asset);
    } else {
      sections.set(asset.section, [asset]);
    }
  }
  return [...sections];
}

/** The transfers of single files that have not come to a good end, the newest of each. */
function useTransfers(elsewhere: readonly string[]): Map<string, Transfer> {
  const { transfers } = useSidebar().hub;
  const items = useSignal(transfers.changed, () => transfers.items);
  const found = new Map<string, Transfer>();
  for (const item of items) {
    if (!found.has(item.ref) && !elsewhere.includes(item.ref)) {
      found.set(item.ref, item);
    }
  }
  for (const [ref, { state }] of found) {
    if (state === 'done' || state === 'cancelled') {
      found.delete(ref);
    }
  }
  return found;
}
