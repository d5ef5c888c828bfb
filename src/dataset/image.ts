import type { Asset, ImageFacts } from '../api/models';
import { canHave } from '../consent/money';

const IMAGES = /\.(tiff?|btf|tf[28]|svs|qptiff)$/i;
/** Tables of the cells of an image, as MCMICRO names them. */
const TABLES =
  /-.*_(cell|nuclei|nucleus|cyto|cytoplasm|membrane)(mask|ring)?\.csv(\.gz|\.zip)?$/i;
const OME_ZARR = /\.zarr\/?$/i;
const INSIDE_ZARR = /\.zarr\/(zarr\.json|\.zattrs|\.zgroup)$/i;

/** Whether a file is an image that can be looked at where it is, judged by its name. */
export function isImage(
  asset: Pick<Asset, 'name' | 'path' | 'group'>
): boolean {
  const { name, path, group } = asset;
  return (
    !group &&
    (IMAGES.test(name) || OME_ZARR.test(name) || INSIDE_ZARR.test(path))
  );
}

/** The tables of cells beside an image, those that are named like it first. */
export function tablesFor<
  T extends Pick<Asset, 'name' | 'access' | 'usd_per_gb'>
>(image: Pick<Asset, 'name'>, assets: readonly T[]): T[] {
  const sample = image.name.replace(/(\.ome)?\.[^.]+$/i, '').toLowerCase();
  const isOfIt = ({ name }: T): boolean => name.toLowerCase().includes(sample);
  const tables = assets.filter(
    asset => TABLES.test(asset.name) && canHave(asset)
  );
  return [...tables.filter(isOfIt), ...tables.filter(table => !isOfIt(table))];
}

/** A length in the unit of an image, without digits that say nothing. */
function lengthWords(value: number, unit: string): string {
  return `${Number(value.toPrecision(4))} ${unit}`;
}

/** The size of a pixel, empty where the image does not say. */
export function pixelWords(facts: ImageFacts): string {
  const { pixel_width, pixel_height, pixel_unit } = facts;
  if (pixel_width === null) {
    return '';
  }
  const width = lengthWords(pixel_width, pixel_unit);
  return pixel_height === null || pixel_height === pixel_width
    ? width
    : `${width} × ${lengthWords(pixel_height, pixel_unit)}`;
}
