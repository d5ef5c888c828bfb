import { useId, useState, type ReactElement } from 'react';

import { useSidebar } from '../browser/context';
import type { IPoints } from '../preview/decode';
import type { Polygon } from './filters';
import { NumberField } from './NumberField';
import { boxOf } from './regions';

interface IProps {
  readonly points: IPoints;
  readonly onRegion: (region: Polygon, beside: boolean) => void;
}

type Sides = { readonly [side in 'x1' | 'x2' | 'y1' | 'y2']: number | null };

const NONE: Sides = { x1: null, x2: null, y1: null, y2: null };

/** A box by its four sides, for those who do not draw it. */
export function BoxFields({ points, onRegion }: IProps): ReactElement {
  const { trans } = useSidebar().hub;
  const id = useId();
  const [sides, setSides] = useState(NONE);
  const [problem, setProblem] = useState('');
  const { x, y, embedding } = points;
  const field = (
    side: keyof Sides,
    label: string,
    placeholder: number
  ): ReactElement => (
    <NumberField
      label={label}
      value={sides[side]}
      placeholder={placeholder}
      describedBy={id}
      onValue={value => setSides(known => ({ ...known, [side]: value }))}
      onProblem={setProblem}
    />
  );
  const choose = (beside: boolean): void => {
    const box = boxOf(
      [sides.x1 ?? x[0], sides.y1 ?? y[0]],
      [sides.x2 ?? x[1], sides.y2 ?? y[1]]
    );
    setProblem(box ? '' : trans.__('There is nothing between these sides.'));
    if (box) {
      onRegion(box, beside);
    }
  };
  return (
    <details className="jp-DataHub-boxFields">
      <summary>{trans.__('Box by numbers')}</summary>
      <div
        role="group"
        aria-label={trans.__('Box in %1', embedding)}
        className="jp-DataHub-rangeEnds"
      >
        {field('x1', trans.__('x from'), x[0])}
        {field('x2', trans.__('x to'), x[1])}
        {field('y1', trans.__('y from'), y[0])}
        {field('y2', trans.__('y to'), y[1])}
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => choose(false)}
        >
          {trans.__('Choose')}
        </button>
        <button
          type="button"
          className="jp-DataHub-link"
          onClick={() => choose(true)}
        >
          {trans.__('Add')}
        </button>
      </div>
      <p id={id} className="jp-DataHub-problem" role="alert">
        {problem}
      </p>
    </details>
  );
}
