import {
  useCallback,
  useEffect,
  useMemo,
  useState,
  type ReactElement
} from 'react';

import type { Owner } from '../api/models';
import { useSidebar } from '../browser/context';
import { Combo } from '../modal/Combo';
import { Field } from '../modal/Field';
import { TreeModel } from '../tree/model';
import { Tree } from '../tree/Tree';
import type { IDraft, Problems } from './form';
import { useFound } from './useFound';

interface IProps {
  readonly draft: IDraft;
  /** The kind of the store. */
  readonly kind: string;
  readonly problem: Problems[string] | undefined;
  readonly disabled: boolean;
  readonly onDraft: (change: Partial<IDraft>) => void;
}

/** Where the notebook belongs: typed with completion, or picked from the tree. */
export function OwnerField(props: IProps): ReactElement {
  const { client, trans } = useSidebar().hub;
  const { draft, kind, problem, disabled, onDraft } = props;
  const isBucket = kind === 's3';
  const [picking, setPicking] = useState(false);
  const ask = useCallback(
    (text: string, signal: AbortSignal) =>
      client.owners(draft.source, text, signal),
    [client, draft.source]
  );
  const [owners, searching] = useFound(ask, draft.ownerText);
  const choose = (owner: Pick<Owner, 'ref' | 'identifier'>): void =>
    onDraft({ owner, ownerText: owner.identifier });
  const exact = (text: string): Owner | undefined =>
    owners.find(
      ({ identifier }) => identifier.toLowerCase() === text.trim().toLowerCase()
    );
  return (
    <>
      <Field
        label={trans.__('Belongs to')}
        hint={
          isBucket
            ? trans.__(
                'A bucket, or a folder in one; a folder that is not there yet is made.'
              )
            : trans.__('A collection or an object of the store.')
        }
        problem={problem}
        mandatory
      >
        {control => (
          <div className="jp-DataHub-line">
            <Combo
              control={control}
              text={draft.ownerText}
              options={owners.map(({ ref, identifier, title, type }) => ({
                key: ref,
                label: identifier,
                note: [title, type].filter(Boolean).join(' · ')
              }))}
              empty={searching ? '' : trans.__('Nothing has this name.')}
              placeholder={
                isBucket
                  ? trans.__('s3://bucket/folder/')
                  : trans.__('/SPACE/PROJECT/…')
              }
              disabled={disabled}
              stale={searching}
              onText={text =>
                onDraft({ ownerText: text, owner: exact(text) ?? null })
              }
              onChoose={({ key, label }) =>
                choose({ ref: key, identifier: label })
              }
              onLeave={() => {
                const found = exact(draft.ownerText);
                if (found && !draft.owner) {
                  choose(found);
                }
              }}
            />
            <button
              type="button"
              className="jp-mod-styled jp-DataHub-pick"
              aria-expanded={picking}
              disabled={disabled}
              onClick={() => setPicking(!picking)}
            >
              {trans.__('Browse')}
            </button>
          </div>
        )}
      </Field>
      {picking && (
        <OwnerTree
          source={draft.source}
          chosen={draft.owner?.ref ?? ''}
          onChoose={owner => {
            choose(owner);
            setPicking(false);
          }}
        />
      )}
    </>
  );
}

interface ITreeProps {
  readonly source: string;
  readonly chosen: string;
  readonly onChoose: (owner: Pick<Owner, 'ref' | 'identifier'>) => void;
}

/** The tree of the store; what can own a notebook can be ticked. */
function OwnerTree({ source, chosen, onChoose }: ITreeProps): ReactElement {
  const { client, connections, trans } = useSidebar().hub;
  const model = useMemo(
    () => new TreeModel(client, connections, ({ name }) => name === source),
    [client, connections, source]
  );
  useEffect(() => () => model.dispose(), [model]);
  return (
    <div className="jp-DataHub-ownerTree">
      <Tree
        model={model}
        label={trans.__('What a notebook can belong to')}
        ticked={({ node }) => (node?.can_save ? node.ref === chosen : null)}
        onTick={({ node }) => {
          if (node) {
            const { ref, identifier, title } = node;
            onChoose({ ref, identifier: identifier || title });
          }
        }}
        onOpen={({ node }) => {
          if (node?.can_save) {
            const { ref, identifier, title } = node;
            onChoose({ ref, identifier: identifier || title });
          }
        }}
      />
    </div>
  );
}
