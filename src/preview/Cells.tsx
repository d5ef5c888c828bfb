import {
  useCallback,
  useId,
  useMemo,
  useState,
  type ReactElement
} from 'react';

import type { Preview } from '../api/models';
import { useSidebar } from '../browser/context';
import { ErrorNotice } from '../browser/ErrorNotice';
import { formatInteger } from '../browser/format';
import { BoxFields } from '../selection/BoxFields';
import type { SelectionModel } from '../selection/model';
import { useChoosing } from '../selection/useChoosing';
import { formatNumber } from './numbers';
import { ColumnField } from './ColumnField';
import type { Colours } from './decode';
import { Legend } from './Legend';
import type { IPreviewState, PreviewModel } from './model';
import { Picture } from './Picture';
import { shadesOf } from './shades';
import { useBackground } from './useTheme';
import { pictureWords } from './words';

interface IProps {
  readonly model: PreviewModel;
  /** null where nothing can be chosen of the file. */
  readonly selection: SelectionModel | null;
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
  const choosing = useChoosing(selection, points, colours);
  const column = facts.obs.find(({ name }) => name === colours?.by);
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
            choosing={choosing}
            background={background}
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
            column={column}
            choosing={choosing}
          />
        )}
      </div>
      {points && choosing && (
        <BoxFields points={points} onRegion={choosing.onRegion} />
      )}
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
