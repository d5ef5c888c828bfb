import { useEffect, useId, useMemo, useState, type ReactElement } from 'react';

import type { GeneName, SelectionEstimate } from '../api/models';
import { useSidebar } from '../browser/context';
import { formatInteger } from '../browser/format';
import { Combo } from '../modal/Combo';
import { isList } from './geneList';
import { GeneTags } from './GeneTags';
import { Latest } from './latest';
import type { SelectionModel } from './model';
import { namesWords } from './words';

/** Names of genes that are said one by one. */
const SAID = 12;

interface IProps {
  readonly model: SelectionModel;
  readonly genes: readonly string[];
  /** Genes that were given more than once. */
  readonly doubled: readonly string[];
  readonly estimate: SelectionEstimate | null;
}

/** The genes of a selection: type one, or paste many. */
export function GeneField(props: IProps): ReactElement {
  const { trans, client } = useSidebar().hub;
  const { model, genes, doubled, estimate } = props;
  const id = useId();
  const [text, setText] = useState('');
  const [found, setFound] = useState<readonly GeneName[] | null>(null);
  const latest = useMemo(() => new Latest<readonly GeneName[]>(), []);
  useEffect(() => () => latest.stop(), [latest]);

  const add = (names: string): void => {
    latest.stop();
    setText('');
    setFound(null);
    model.addGenes(names);
  };
  const onText = (next: string): void => {
    if (isList(next)) {
      add(next);
      return;
    }
    setText(next);
    setFound(null);
    const wanted = next.trim();
    if (wanted) {
      latest.ask(
        signal => client.genes(model.ref, wanted, signal),
        setFound,
        // Genes can be written out all the same.
        () => setFound(null)
      );
    } else {
      latest.stop();
    }
  };
  const unknown = (estimate?.unknown_genes ?? []).filter(gene =>
    genes.includes(gene)
  );
  const several = [
    ...new Set([...doubled, ...(estimate?.doubled_genes ?? [])])
  ];
  return (
    <div className="jp-DataHub-genes">
      <label htmlFor={id}>{trans.__('Genes')}</label>
      <div
        onPaste={event => {
          const pasted = event.clipboardData.getData('text/plain');
          // A text field would make one line of many.
          if (isList(pasted)) {
            event.preventDefault();
            add(pasted);
          }
        }}
      >
        <Combo
          control={{
            id,
            'aria-describedby': `${id}-hint`,
            'aria-invalid': unknown.length > 0,
            'aria-required': undefined
          }}
          text={text}
          placeholder={
            genes.length ? trans.__('Add a gene') : trans.__('All genes')
          }
          options={(found ?? []).map(({ name, symbol }) => ({
            key: name,
            label: symbol || name,
            note: symbol && symbol !== name ? name : ''
          }))}
          empty={found ? trans.__('No such gene') : ''}
          onText={onText}
          onChoose={({ key }) => add(key)}
          onEnter={() => add(text)}
        />
      </div>
      <p id={`${id}-hint`} className="jp-DataHub-hint">
        {trans.__(
          'Type a symbol or an Ensembl identifier, or paste a list of them.'
        )}
      </p>
      <GeneTags genes={genes} onGenes={next => model.setGenes(next)} />
      <div role="status">
        {unknown.length > 0 && (
          <p className="jp-DataHub-problem">
            {trans._n(
              '%2 gene is not in the file: %3.',
              '%2 genes are not in the file: %3.',
              unknown.length,
              formatInteger(unknown.length),
              namesWords(unknown, trans, SAID)
            )}{' '}
            <button
              type="button"
              className="jp-DataHub-link"
              onClick={() => {
                const gone = new Set(unknown);
                model.setGenes(genes.filter(gene => !gone.has(gene)));
              }}
            >
              {unknown.length === 1
                ? trans.__('Remove it')
                : trans.__('Remove them')}
            </button>
          </p>
        )}
        {several.length > 0 && (
          <p className="jp-DataHub-hint">
            {trans.__(
              'Given or there more than once, and taken once each: %1.',
              namesWords(several, trans, SAID)
            )}
          </p>
        )}
      </div>
    </div>
  );
}
