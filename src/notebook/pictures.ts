import type { CellRequest } from '../api/models';

/** How what is loaded is named where a picture of an image goes with it, instead of a layer. */
const PICTURE = /^picture:(\d+):(.+)$/s;

/** What is loaded of a table of cells: all of it, and the picture of a channel of an image. */
export function withPicture(image: string, channel: number): string {
  return `picture:${channel}:${image}`;
}

/** What is asked of the server for a layer, or for what stands for one. */
export function asked(
  layer: string
): Pick<CellRequest, 'layer' | 'image' | 'channel'> {
  const picture = PICTURE.exec(layer);
  if (picture) {
    return { image: picture[2], channel: Number(picture[1]) };
  }
  return layer ? { layer } : {};
}
