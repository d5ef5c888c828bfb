import type { ReactElement } from 'react';

import type { ITransform } from '../preview/camera';
import type { IPoints } from '../preview/decode';
import type { Polygon } from './filters';
import { pixelOf } from './regions';
import type { IPixel } from './useDrawing';

interface IProps {
  readonly regions: readonly Polygon[];
  readonly transform: ITransform;
  readonly points: IPoints;
  /** The one that is being drawn, in pixels. */
  readonly line: readonly IPixel[] | null;
}

/** Outlines of the regions of a picture, above its dots. */
export function RegionLayer(props: IProps): ReactElement | null {
  const { regions, transform, points, line } = props;
  if (regions.length === 0 && !line) {
    return null;
  }
  const outlines = regions.map(polygon =>
    polygon.map(place => pixelOf(place, transform, points))
  );
  return (
    <svg className="jp-DataHub-regions" aria-hidden="true">
      {outlines.map((outline, place) => (
        <polygon key={place} points={written(outline)} />
      ))}
      {line && <polygon className="jp-mod-drawn" points={written(line)} />}
    </svg>
  );
}

function written(line: readonly IPixel[]): string {
  return line.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
}
