import type { ReactElement } from 'react';

import type { Dataset, Node, NodePage, SourceStatus } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';
import { CommandIDs } from '../tokens';
import { noteWords } from '../tree/words';
import { About } from './about';
import { ExternalLink } from './link';
import { isStored } from './model';
import { Registration } from './registration';
import { Properties } from './properties';
import { Relations } from './store';
import { contentsTitle, entityWords } from './words';

interface IProps {
  readonly dataset: Dataset;
  /** null while it is not known. */
  readonly source: SourceStatus | null;
  readonly headingId: string;
}

/** The page of what datasets belong to: a space, project, collection or object. */
export function EntityPage(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { dataset, source, headingId } = props;
  const { contents, entity, extra, title } = dataset;
  const type = typeof extra.type === 'string' ? extra.type : '';
  return (
    <article className="jp-DataHub-pageBody" aria-labelledby={headingId}>
      <header className="jp-DataHub-pageHead">
        <h1 id={headingId}>{title}</h1>
        <ul className="jp-DataHub-pills">
          <li className="jp-DataHub-pill" title={source?.url}>
            {source?.title ?? dataset.source}
          </li>
          <li className="jp-DataHub-pill">{entityWords(entity, trans)}</li>
          {type && <li className="jp-DataHub-pill">{type}</li>}
        </ul>
        <p className="jp-DataHub-origin">
          <code>{dataset.identifier}</code>
        </p>
      </header>
      <Actions dataset={dataset} />
      {dataset.access_note && (
        <p className="jp-DataHub-quiet" role="note">
          {dataset.access_note}
        </p>
      )}
      <div className="jp-DataHub-columns">
        <section className="jp-DataHub-columnWide">
          {contents.map(page => (
            <Contents key={kindOf(page)} dataset={dataset} page={page} />
          ))}
          {contents.length === 0 && (
            <>
              <h2>{trans.__('What is in it')}</h2>
              <p className="jp-DataHub-quiet">
                {trans.__('Nothing yet, or nothing that you may see.')}
              </p>
            </>
          )}
        </section>
        <section className="jp-DataHub-columnNarrow">
          <Properties dataset={dataset} />
          <Relations dataset={dataset} />
          <Registration dataset={dataset} />
          <h2>{trans.__('About')}</h2>
          <About dataset={dataset} />
        </section>
      </div>
    </article>
  );
}

function Actions({ dataset }: Pick<IProps, 'dataset'>): ReactElement {
  const { commands, hub } = useSidebar();
  const { trans } = hub;
  const { can_save, identifier, ref, source, title, url } = dataset;
  return (
    <section
      className="jp-DataHub-actions"
      aria-label={trans.__('What can be done')}
    >
      <div className="jp-DataHub-actionRow">
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          onClick={() => {
            void commands.execute(CommandIDs.newNotebook, {
              refs: [ref],
              title
            });
          }}
        >
          {trans.__('New notebook')}
        </button>
        {can_save && (
          <button
            type="button"
            className="jp-mod-styled"
            title={trans.__('Save the notebook that you used last')}
            onClick={() => {
              void commands.execute(CommandIDs.save, {
                source,
                owner: ref,
                identifier
              });
            }}
          >
            {trans.__('Save here')}
          </button>
        )}
        <ShowInTree dataset={dataset} />
        <ExternalLink url={url} className="jp-DataHub-buttonLink jp-mod-styled">
          {isStored(dataset)
            ? trans.__('Open in the ELN')
            : trans.__('Open in browser')}
        </ExternalLink>
      </div>
    </section>
  );
}

/** Leads to the place in the tree of a store. */
export function ShowInTree({ dataset }: Pick<IProps, 'dataset'>): ReactElement {
  const { commands, hub } = useSidebar();
  return (
    <button
      type="button"
      className="jp-mod-styled"
      onClick={() => {
        void commands.execute(CommandIDs.showInTree, { ref: dataset.ref });
      }}
    >
      {hub.trans.__('Show in the tree')}
    </button>
  );
}

/** The first of what belongs to an entity, of one kind. */
function Contents({
  dataset,
  page
}: Pick<IProps, 'dataset'> & { readonly page: NodePage }): ReactElement {
  const { commands, hub } = useSidebar();
  const { trans } = hub;
  const { nodes, total } = page;
  const heading = contentsTitle(kindOf(page), trans);
  return (
    <>
      <h2>
        {heading}{' '}
        <span className="jp-DataHub-count">{formatInteger(total)}</span>
      </h2>
      <ul className="jp-DataHub-contents" aria-label={heading}>
        {nodes.map(node => (
          <Line key={node.id} node={node} />
        ))}
      </ul>
      {total > nodes.length && (
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => {
            void commands.execute(CommandIDs.showInTree, { ref: dataset.ref });
          }}
        >
          {trans.__('Show all %1 in the tree', formatInteger(total))}
        </button>
      )}
    </>
  );
}

function Line({ node }: { readonly node: Node }): ReactElement {
  const { hub } = useSidebar();
  const note = noteWords(node, hub.trans);
  return (
    <li>
      {node.ref ? (
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => hub.openDataset(node.ref)}
        >
          {node.title}
        </button>
      ) : (
        <span className="jp-DataHub-value">{node.title}</span>
      )}
      {note && <span className="jp-DataHub-quiet">{note}</span>}
    </li>
  );
}

function kindOf({ nodes }: NodePage): string {
  return nodes[0]?.kind ?? '';
}
