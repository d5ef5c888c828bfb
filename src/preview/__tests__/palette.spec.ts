import { trans } from '../../api/__tests__/server';
import { decodeColours, decodePoints } from '../decode';
import {
  categoryColours,
  contrast,
  cssOf,
  fromCss,
  luminance,
  pixelOf,
  scaleColours,
  type Rgb
} from '../palette';
import { draw, radiusOf, stampOf } from '../scatter';
import { onlyOf, shadesOf } from '../shades';
import { Squares } from '../squares';
import { categories, numbers, points } from './packed';

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [17, 17, 17];

describe.each([
  ['light', WHITE],
  ['dark', BLACK]
])('colours in the %s theme', (_, background) => {
  it('are seen, and differ from each other', () => {
    const colours = categoryColours(60, ['#fffffe', '#000000'], background);
    expect(new Set(colours.map(cssOf)).size).toBe(60);
    for (const colour of [...colours, ...scaleColours(64, background)]) {
      expect(contrast(colour, background)).toBeGreaterThan(1.4);
    }
  });

  it('of numbers stand out the more the higher they are', () => {
    const [low, , high] = scaleColours(3, background);
    const distance = (colour: Rgb): number =>
      Math.abs(luminance(colour) - luminance(background));
    expect(distance(high)).toBeGreaterThan(distance(low));
  });
});

describe('a colour', () => {
  it('is read from a style sheet, and written as a pixel', () => {
    expect(fromCss('rgb(1, 2, 3)', WHITE)).toEqual([1, 2, 3]);
    expect(fromCss('rgba(0, 0, 0, 0)', WHITE)).toBe(WHITE);
    expect(pixelOf([1, 2, 3])).toBe(0xff030201);
  });

  it('of the file is kept where it can be seen', () => {
    expect(categoryColours(1, ['#1f77b4'], WHITE)).toEqual([[31, 119, 180]]);
  });
});

describe('the dots', () => {
  const found = decodePoints(points(), trans);
  const SIZE = { width: 20, height: 20 };
  const PLACES = { ax: 16 / 65534, bx: 2, ay: 16 / 65534, by: 2 };

  function picture(
    only: readonly number[] | null,
    mask: Uint8Array | null = null
  ): Uint32Array {
    const shades = shadesOf(decodeColours(categories(), trans), 4, WHITE);
    const image = new Uint32Array(400).fill(pixelOf(WHITE));
    const alone = only && new Set(only);
    const scene = {
      squares: new Squares(found),
      indices: shades.indices,
      mask,
      ...onlyOf(shades, alone, mask !== null, WHITE)
    };
    expect(draw(image, SIZE, scene, PLACES, stampOf(0.7))).toBe(3);
    return image;
  }

  it('have the colours of their categories', () => {
    const image = picture(null);
    expect(image[2 * 20 + 2]).toBe(image[2 * 20 + 18]);
    expect(image[18 * 20 + 9]).not.toBe(image[2 * 20 + 2]);
    expect(image[10 * 20 + 2]).toBe(pixelOf(WHITE));
  });

  it('step back where another category is looked at', () => {
    const [all, alone] = [picture(null), picture([0])];
    expect(alone[18 * 20 + 9]).toBe(all[18 * 20 + 9]);
    expect(alone[2 * 20 + 2]).not.toBe(all[2 * 20 + 2]);
  });

  it('step back where they are not among the chosen', () => {
    const [all, some] = [
      picture(null),
      picture(null, Uint8Array.of(1, 0, 0, 1))
    ];
    expect(some[2 * 20 + 2]).toBe(all[2 * 20 + 2]);
    expect(some[2 * 20 + 18]).not.toBe(all[2 * 20 + 18]);
    expect(some[18 * 20 + 9]).not.toBe(all[18 * 20 + 9]);
    expect(picture([1], Uint8Array.of(0, 0, 1, 1))[18 * 20 + 9]).toBe(
      some[18 * 20 + 9]
    );
  });

  it('have colours by number, one of their own where it is missing', () => {
    const { indices, ends } = shadesOf(
      decodeColours(numbers(), trans),
      4,
      WHITE
    );
    expect([...indices]).toEqual([0, 32, 63, 64]);
    expect(ends).toEqual([1, 3]);
  });

  it('are smaller the more there are, and larger close by', () => {
    const size = { width: 600, height: 400 };
    const radii = [500, 20_000, 200_000].map(n => radiusOf(n, size, 1));
    expect(radii).toEqual([...radii].sort((one, other) => other - one));
    expect(radii[2]).toBeGreaterThan(0.5);
    expect(radiusOf(20_000, size, 8)).toBeGreaterThan(radii[1]);
  });
});
