import { useRef, type ReactElement } from 'react';

import type { Hit } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { watchDrag } from '../browser/rowDrag';
import { Skeleton } from '../browser/Skeleton';
import type { TickedModel } from '../browser/tickedModel';
import { useSignal } from '../browser/useSignal';
import { CommandIDs } from '../tokens';
import { openTreeMenu, tableOf } from './menu';
import type { TreeModel } from './model';
import type { ITreeRow } from './rows';
import { Tree, type ITree } from './Tree';
import { hitOf, isData } from './words';

interface IProps {
  readonly model: TreeModel;
  readonly ticked: TickedModel;
}

/** The trees of all stores, in the sidebar. */
export function BrowseSection({ model, ticked }: IProps): ReactElement {
  const context = useSidebar();
  const { hub, commands, run } = context;
  const { trans, connections } = hub;
  const items = useSignal(connections.changed, () => connections.stores);
  const error = useSignal(connections.changed, () => connections.error);
  useSignal(ticked.changed, () => ticked.hits);
  const tree = useRef<ITree>(null);

  if (items === null) {
    return error === null ? (
      <Skeleton rows={2} />
    ) : (
      <ErrorNotice
        error={error}
        lead={trans.__('The connections cannot be read.')}
        onRetry={() => void connections.refresh()}
      />
    );
  }
  const connect = (name = ''): void => {
    void commands.execute(CommandIDs.connections, { name });
  };
  if (items.length === 0) {
    return (
      <div className="jp-DataHub-empty">
        <p>
          {trans.__(
            'Stores such as openBIS and Gen3 data commons show here as a tree, from projects down to datasets and files.'
          )}
        </p>
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => connect()}
        >
          {trans.__('Connect to a store')}
        </button>
      </div>
    );
  }
  const hit = ({ node, source }: ITreeRow): Hit | null =>
    node && isData(node)
      ? hitOf(node, source, connections.find(source)?.kind ?? '')
      : null;
  return (
    <Tree
      ref={tree}
      model={model}
      label={trans.__('Stores')}
      ticked={row => (hit(row) ? ticked.has(hit(row)!.ref) : null)}
      onTick={row => {
        const dataset = hit(row);
        if (dataset) {
          ticked.toggle(dataset);
        }
      }}
      onOpen={row => {
        if (row.node?.ref) {
          hub.openDataset(row.node.ref);
        } else if (row.connection?.open) {
          model.toggle(row);
        } else if (row.connection) {
          connect(row.source);
        }
      }}
      hasPage={({ node }) =>
        Boolean(node?.ref) && node?.kind !== 'dataset' && node?.kind !== 'file'
      }
      onLoad={row => {
        const wanted = hit(row) ?? tableOf(row);
        if (wanted) {
          run(() => hub.load(wanted.ref, wanted.title));
        }
      }}
      onMenu={(row, x, y) =>
        openTreeMenu(context, row, [x, y], () => tree.current?.focus())
      }
      onDrag={(row, pressed) => {
        const dataset = hit(row);
        if (dataset) {
          watchDrag(dataset, pressed);
        }
      }}
    />
  );
}
