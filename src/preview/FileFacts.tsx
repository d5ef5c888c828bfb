import type { ReactElement } from 'react';

import type { Preview } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatBytes } from '../browser/format';
import { Fact } from '../dataset/Fact';
import { matrixWords, shareWords, varWords } from './words';

interface IMember {
  readonly name: string;
  readonly note: string;
}

/** What is in a file, apart from the columns of obs. */
export function FileFacts({
  facts
}: {
  readonly facts: Preview;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const { x, raw, layers, obsm, obsp, uns, memory, primary } = facts;
  const matrices = [x, raw, ...layers].flatMap(each => (each ? [each] : []));
  const parts: [string, IMember[]][] = [
    [
      'obsm',
      obsm.map(({ name, shape }) => ({
        name,
        note: shape.length > 1 ? `× ${shape.slice(1).join(' × ')}` : ''
      }))
    ],
    ['obsp', obsp.map(name => ({ name, note: '' }))],
    ['uns', uns.map(name => ({ name, note: '' }))]
  ];
  return (
    <dl className="jp-DataHub-facts jp-DataHub-fileFacts">
      {matrices.map(matrix => (
        <Fact key={matrix.name} title={matrix.name}>
          {matrixWords(matrix, trans)}
        </Fact>
      ))}
      <Fact title={trans.__('Raw counts')}>
        {facts.raw_counts ? (
          <code>{facts.raw_counts}</code>
        ) : (
          trans.__('none of the matrices looks like counts')
        )}
      </Fact>
      <Fact title={trans.__('Memory')}>
        {memory.total > 0 &&
          trans.__(
            '%1 once loaded; loading takes up to %2, with the libraries it needs',
            formatBytes(memory.total),
            formatBytes(memory.peak)
          )}
      </Fact>
      <Fact title={trans.__('Genes')}>
        <span title={facts.var.examples.join(', ')}>
          {varWords(facts.var, trans)}
        </span>
      </Fact>
      {parts.map(([part, members]) => (
        <Fact key={part} title={part}>
          {members.length > 0 && <Names members={members} />}
        </Fact>
      ))}
      <Fact title={trans.__('Title')}>{facts.title}</Fact>
      <Fact title={trans.__('Schema version')}>{facts.schema_version}</Fact>
      <Fact title={trans.__('Primary data')}>
        {primary !== null &&
          (primary === 1
            ? trans.__('all cells')
            : trans.__('%1 of the cells', shareWords(primary)))}
      </Fact>
    </dl>
  );
}

function Names({
  members
}: {
  readonly members: readonly IMember[];
}): ReactElement {
  return (
    <>
      {members.map(({ name, note }) => (
        <span key={name} className="jp-DataHub-valueCount">
          <code>{name}</code> <span className="jp-DataHub-count">{note}</span>
        </span>
      ))}
    </>
  );
}
