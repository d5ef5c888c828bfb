import { useState, type ReactElement } from 'react';

import type { Asset, ImageTable } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { useAttempt } from '../browser/useAttempt';
import { withPicture } from '../notebook/pictures';
import { tablesFor } from './image';
import { ImagePick } from './imagePick';

interface IProps {
  readonly image: Asset;
  /** The files that are there beside it. */
  readonly assets: readonly Asset[];
  /** The channel whose picture is shown. */
  readonly channel: number;
}

/** Loads the cells that were found in an image together with the picture that is shown of it. */
export function ImageCells(props: IProps): ReactElement {
  const { trans, client } = useSidebar().hub;
  const { image, assets, channel } = props;
  const own = tablesFor(image, assets);
  const [around, setAround] = useState<readonly ImageTable[] | null>(null);
  const [whole, setWhole] = useState(true);
  const { busy, error, attempt, forget } = useAttempt();
  const find = async (): Promise<void> => {
    const found = await client.imageTables(image.ref);
    setWhole(found.whole);
    setAround(found.tables);
  };
  if (own.length) {
    return (
      <Tables
        image={image}
        channel={channel}
        tables={own.map(table => ({ ...table, path: table.name }))}
        first={own[0].ref}
      />
    );
  }
  if (around?.length) {
    return (
      <Tables image={image} channel={channel} tables={around} first="">
        {!whole && <p className="jp-DataHub-hint">{notAll()}</p>}
      </Tables>
    );
  }
  return (
    <>
      <p className="jp-DataHub-imageHandOff">
        <button
          type="button"
          className="jp-DataHub-link"
          disabled={busy || around !== null}
          onClick={() => void attempt(find)}
        >
          {trans.__('Find tables of its cells')}
        </button>
      </p>
      <p className="jp-DataHub-hint" role="status">
        {around === null
          ? busy
            ? trans.__('Looking into the folders around the image…')
            : ''
          : trans.__(
              'No table of cells is in its folder, nor in “quantification” beside it. %1',
              whole ? '' : notAll()
            )}
      </p>
      {error !== null && <ErrorNotice error={error} onHide={forget} />}
    </>
  );

  function notAll(): string {
    return trans.__(
      'The folders have more files than were looked at: find it in the tree.'
    );
  }
}

interface ITablesProps {
  readonly image: Pick<Asset, 'ref'>;
  readonly channel: number;
  readonly tables: readonly ImageTable[];
  /** The one that is chosen at first; empty: none, as nobody knows which it is. */
  readonly first: string;
  readonly children?: ReactElement | false;
}

function Tables(props: ITablesProps): ReactElement {
  const { hub } = useSidebar();
  const { trans } = hub;
  const { image, channel, tables, first, children } = props;
  const [chosen, setChosen] = useState(first);
  const table = tables.find(({ ref }) => ref === chosen);
  const nobodyKnows = first === '';
  return (
    <ImagePick
      label={trans.__('Load its cells')}
      action={async () => {
        if (table) {
          await hub.load(
            table.ref,
            table.name,
            withPicture(image.ref, channel)
          );
        }
      }}
      disabled={!table}
      selects={[
        {
          before: trans.__('of'),
          label: trans.__('Table of the cells'),
          value: table?.ref ?? '',
          options: [
            ...(nobodyKnows ? [['', trans.__('Choose a table')] as const] : []),
            ...tables.map(({ ref, path }) => [ref, path] as const)
          ],
          onChoose: setChosen
        }
      ]}
      hint={
        nobodyKnows
          ? trans.__(
              'These lie around the image: choose the one that was measured in it. The picture that is shown goes with its cells, as scanpy and squidpy draw them on tissue.'
            )
          : trans.__(
              'The picture that is shown goes with them, as scanpy and squidpy draw cells on tissue.'
            )
      }
    >
      {children}
    </ImagePick>
  );
}
