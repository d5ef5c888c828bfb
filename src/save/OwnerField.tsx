import { useEffect, useMemo, useState, type ReactElement } from 'react';

import { CancelledError } from '../api/errors';
import type { Owner } from '../api/models';
import { useSidebar } from '../browser/context';
import { Combo } from '../modal/Combo';
import { Field } from '../modal/Field';
import { TreeModel } from '../tree/model';
import { Tree } from '../tree/Tree';
import type { IDraft, Problems } from './form';

/** Milliseconds of silence before what is typed is looked for. */
const TYPING = 200;

interface IProps {
  readonly draft: IDraft;
  readonly problem: Problems[string] | undefined;
  readonly disabled: boolean;
  readonly onDraft: (change: Partial<IDraft>) => void;
}

/** Where the notebook belongs: typed with completion, or picked from the tree. */
export function OwnerField(props: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { draft, problem, disabled, onDraft } = props;
  const [picking, setPicking] = useState(false);
  const [owners, searching] = useOwners(draft.source, draft.ownerText);
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
        hint={trans.__('A collection or an object of the store.')}
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
              placeholder={trans.__('/SPACE/PROJECT/…')}
              disabled={disabled}
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

/** What may own a notebook, for a text typed so far, and whether it is looked for. */
function useOwners(source: string, text: string): [readonly Owner[], boolean] {
  const { client } = useSidebar().hub;
  const [owners, setOwners] = useState<readonly Owner[]>([]);
  const [searching, setSearching] = useState(false);
  useEffect(() => {
    const running = new AbortController();
    setSearching(true);
    const timer = window.setTimeout(() => {
      client
        .owners(source, text.trim(), running.signal)
        .then(found => {
          setOwners(found);
          setSearching(false);
        })
        .catch((error: unknown) => {
          if (!(error instanceof CancelledError)) {
            // The tree, or saving, says what is wrong with the store.
            setOwners([]);
            setSearching(false);
          }
        });
    }, TYPING);
    return () => {
      window.clearTimeout(timer);
      running.abort();
    };
  }, [client, source, text]);
  return [owners, searching];
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
