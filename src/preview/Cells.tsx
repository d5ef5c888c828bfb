import {
  useCallback,
  useEffect,
  useId,
  useMemo,
  useState,
  type ReactElement
} from 'react';

import type { Preview } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { formatInteger } from '../browser/format';
import { useSignal } from '../browser/useSignal';
import { BoxFields } from '../selection/BoxFields';
import {
  rangeOf,
  regionsOf,
  valuesOf,
  type Polygon
} from '../selection/filters';
import type { SelectionModel } from '../selection/model';
import { onlyOfFilters, valueAt } from '../selection/only';
import { formatNumber } from './numbers';
import { ColumnField } from './ColumnField';
import type { Colours } from './decode';
import { Legend } from './Legend';
import type { IPreviewState, PreviewModel } from './model';
import { Picture } from './Picture';
import { shadesOf } from './shades';
import { useBackground } from './useTheme';
import { pictureWords } from './words';

/** No region. */
const NONE: readonly Polygon[] = [];

interface IProps {
  readonly model: PreviewModel;
  readonly selection: SelectionModel;
  readonly facts: Preview;
  readonly state: IPreviewState;
}

/** The cells of a file in an embedding, what they are coloured by, and what the colours mean. */
export function Cells({
  model,
  selection,
  facts,
  state
}: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const { points, colours, drawing, pictureError } = state;
  const { filters, mask } = useSignal(selection.changed, () => selection.state);
  const { picture } = facts;
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  const background = useBackground(canvas);
  const count = points?.xs.length ?? 0;
  const shades = useMemo(
    () => shadesOf(colours, count, background),
    [colours, count, background]
  );
  const valueOf = useCallback(
    (cell: number): string =>
      colours ? valueWords(colours, cell, trans.__('missing')) : '',
    [colours, trans]
  );
  const only = useMemo(
    () => onlyOfFilters(filters, colours),
    [filters, colours]
  );
  const tells = colours?.kind === 'categories' ? colours.by : '';
  useEffect(() => {
    selection.show(
      points && {
        embedding: points.embedding,
        key: points.key,
        points: points.xs.length,
        by: tells
      }
    );
  }, [selection, points, tells]);
  const column = facts.obs.find(({ name }) => name === colours?.by);
  const known = points && regionsOf(filters, points.embedding);
  const onRegion = (region: Polygon, beside: boolean): void =>
    selection.replace(known, {
      kind: 'regions',
      embedding: points?.embedding ?? '',
      polygons: [...(beside && known ? known.polygons : []), region],
      not: (beside && known?.not) || false
    });
  if (!picture.embedding) {
    return (
      <p className="jp-DataHub-quiet">
        {trans.__('There is no picture of the cells.')} {picture.note}
      </p>
    );
  }
  return (
    <div className="jp-DataHub-cells">
      <div className="jp-DataHub-pictureBar">
        <EmbeddingField
          embeddings={picture.embeddings}
          embedding={state.embedding}
          onEmbedding={name => void model.chooseEmbedding(name)}
        />
        <ColumnField
          columns={facts.obs}
          by={state.by}
          onColumn={name => void model.chooseColumn(name)}
        />
        <span className="jp-DataHub-quiet" role="status">
          {drawing && trans.__('Reading…')}
        </span>
      </div>
      {pictureError !== null && (
        <ErrorNotice
          error={pictureError}
          lead={
            points
              ? trans.__('The picture stays as it was.')
              : trans.__('There is no picture of the cells.')
          }
          onRetry={() => void model.load()}
        />
      )}
      <div className="jp-DataHub-pictureColumns">
        {points ? (
          <Picture
            points={points}
            shades={shades}
            only={only}
            mask={mask}
            background={background}
            regions={known?.polygons ?? NONE}
            onRegion={onRegion}
            onClear={() => selection.replace(known, null)}
            label={pictureWords(facts, points, colours, trans)}
            busy={drawing}
            onCanvas={setCanvas}
            valueOf={valueOf}
          />
        ) : (
          drawing && (
            <div className="jp-DataHub-picture" aria-hidden="true">
              <span className="jp-DataHub-bone jp-DataHub-canvas" />
            </div>
          )
        )}
        {points && colours && (
          <Legend
            colours={colours}
            shades={shades}
            ordered={column?.ordered ?? false}
            only={only}
            column={column}
            range={rangeOf(filters, colours.by)}
            onToggle={(category, not) =>
              colours.kind === 'categories' &&
              selection.toggle(
                colours.by,
                valueAt(colours.categories, category),
                not,
                colours.missing === 0
              )
            }
            onAll={() => selection.replace(valuesOf(filters, colours.by), null)}
            onRange={next =>
              selection.replace(rangeOf(filters, colours.by), next)
            }
          />
        )}
      </div>
      {points && <BoxFields points={points} onRegion={onRegion} />}
      {picture.points < picture.cells && (
        <p className="jp-DataHub-hint">
          {picture.note ||
            trans.__(
              'A sample of %1 of %2 cells is shown.',
              formatInteger(picture.points),
              formatInteger(picture.cells)
            )}
        </p>
      )}
    </div>
  );
}

function EmbeddingField({
  embeddings,
  embedding,
  onEmbedding
}: {
  readonly embeddings: readonly string[];
  readonly embedding: string;
  readonly onEmbedding: (name: string) => void;
}): ReactElement {
  const { trans } = useSidebar().hub;
  const id = useId();
  return (
    <div className="jp-DataHub-colourBy">
      <label htmlFor={id}>{trans.__('Embedding')}</label>
      <select
        id={id}
        value={embedding}
        onChange={event => onEmbedding(event.target.value)}
      >
        {embeddings.map(name => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

function valueWords(colours: Colours, cell: number, missing: string): string {
  if (colours.kind === 'categories') {
    return colours.categories[colours.codes[cell]] ?? missing;
  }
  const value = colours.values[cell];
  return Number.isFinite(value) ? formatNumber(value) : missing;
}
