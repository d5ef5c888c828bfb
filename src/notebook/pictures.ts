import type { CellRequest } from '../api/models';

/** How what is loaded is named where a picture of an image goes with it, instead of a layer. */
const PICTURE = /^picture:(\d+):(.+)$/s;

/** How the way is named in which an image is opened where it is, instead of a layer. */
const WHERE_IT_IS = /^where it is:(.+)$/s;

/** What is loaded of a table of cells: all of it, and the picture of a channel of an image. */
export function withPicture(image: string, channel: number): string {
  return `picture:${channel}:${image}`;
}

/** What is loaded of an image: nothing but a way to open it where it is. */
export function whereItIs(way: string): string {
  return `where it is:${way}`;
}

/** Whether nothing has to be downloaded for a load. */
export function isWhereItIs(layer: string | undefined): boolean {
  return WHERE_IT_IS.test(layer ?? '');
}

/** What is asked of the server for a layer, or for what stands for one. */
export function asked(
  layer: string
): Pick<CellRequest, 'layer' | 'image' | 'channel' | 'in_place'> {
  const picture = PICTURE.exec(layer);
  if (picture) {
    return { image: picture[2], channel: Number(picture[1]) };
  }
  const opened = WHERE_IT_IS.exec(layer);
  return opened ? { in_place: true, layer: opened[1] } : layer ? { layer } : {};
}
