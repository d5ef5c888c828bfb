import { useRef, type ReactElement } from 'react';

import type { Hit } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { watchDrag } from '../browser/rowDrag';
import { Skeleton } from '../browser/Skeleton';
import type { TickedModel } from '../browser/tickedModel';
import { useSignal } from '../browser/useSignal';
import { CommandIDs } from '../tokens';
import { openTreeMenu } from './menu';
import type { ITreeRow, TreeModel } from './model';
import { Tree, type ITree } from './Tree';
import { hitOf } from './words';

interface IProps {
  readonly model: TreeModel;
  readonly ticked: TickedModel;
}

/** The trees of all stores, in the sidebar. */
export function BrowseSection({ model, ticked }: IProps): ReactElement {
  const { hub, commands, run } = useSidebar();
  const { trans, connections } = hub;
  const items = useSignal(connections.changed, () => connections.items);
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
            'Stores such as openBIS show here as a tree of spaces, projects, collections and datasets.'
          )}
        </p>
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => connect()}
        >
          {trans.__('Connect to openBIS')}
        </button>
      </div>
    );
  }
  const hit = ({ node, source }: ITreeRow): Hit | null =>
    node?.kind === 'dataset' && node.ref
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
        } else if (row.connection) {
          connect(row.source);
        }
      }}
      hasPage={({ node }) => Boolean(node?.ref) && node?.kind !== 'dataset'}
      onLoad={row => {
        const dataset = hit(row);
        if (dataset) {
          run(() => hub.load(dataset.ref, dataset.title));
        }
      }}
      onMenu={(row, x, y) =>
        openTreeMenu(commands, row, [x, y], () => tree.current?.focus())
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
