/** A colour: red, green and blue from 0 to 255. */
export type Rgb = readonly [number, number, number];

/**
 * Colours that the colour-blind can tell apart: those of Okabe and Ito (2008), then the "muted" ones
 * of Tol.
 */
const DISTINCT = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#f0e442',
  '#882255',
  '#117733',
  '#88ccee',
  '#aa4499',
  '#999933',
  '#332288',
  '#cc6677',
  '#44aa99',
  '#ddcc77'
].map(fromHex);

/** From low to high, brighter all the way: cividis, which looks alike to the colour-blind. */
const SCALE = [
  '#00224e',
  '#123570',
  '#3b496c',
  '#575d6d',
  '#707173',
  '#8a8678',
  '#a59c74',
  '#c3b369',
  '#e1cc55',
  '#fee838'
].map(fromHex);

/** Contrast to the background below which a dot is not seen. */
const SEEN = 1.5;
const GOLDEN = 137.508;

/** So many colours for categories, seen on a background. */
export function categoryColours(
  count: number,
  own: readonly string[],
  background: Rgb
): Rgb[] {
  return Array.from({ length: count }, (_, index) =>
    seen(
      own[index]
        ? fromHex(own[index])
        : (DISTINCT[index] ?? generated(index - DISTINCT.length)),
      background
    )
  );
}

/** So many colours for numbers, from low to high; what is high stands out from the background. */
export function scaleColours(steps: number, background: Rgb): Rgb[] {
  // What would not be seen is left out of the scale, as to change it would put a kink into it.
  const scale = SCALE.filter(colour => contrast(colour, background) >= SEEN);
  const colours = Array.from({ length: steps }, (_, step) => {
    const place = (step / Math.max(1, steps - 1)) * (scale.length - 1);
    const low = Math.min(scale.length - 2, Math.floor(place));
    return mixed(scale[low], scale[low + 1], place - low);
  });
  return luminance(background) > 0.5 ? colours.reverse() : colours;
}

/** A quiet colour for cells without a value, or outside of what is looked at. */
export function quietColour(background: Rgb, strength = 1): Rgb {
  return luminance(background) > 0.5
    ? mixed(background, [0, 0, 0], 0.14 * strength)
    : mixed(background, [255, 255, 255], 0.2 * strength);
}

/** A colour as a pixel of an image, opaque. */
export function pixelOf([red, green, blue]: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export function cssOf([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}

/** Read a computed colour of a style sheet; `otherwise` where it is none. */
export function fromCss(text: string, otherwise: Rgb): Rgb {
  const parts = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(text);
  if (!parts || parts[4] === '0') {
    return otherwise;
  }
  return [Number(parts[1]), Number(parts[2]), Number(parts[3])];
}

/** How much of the light comes back, from 0 to 1, as WCAG 2 defines it. */
export function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map(part => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort(
    (a, b) => a - b
  );
  return (light + 0.05) / (dark + 0.05);
}

/** The colour, made darker or lighter where it could not be seen on the background. */
function seen(colour: Rgb, background: Rgb): Rgb {
  const away: Rgb = luminance(background) > 0.5 ? [0, 0, 0] : [255, 255, 255];
  let found = colour;
  for (let step = 1; contrast(found, background) < SEEN && step < 10; step++) {
    found = mixed(colour, away, step / 10);
  }
  return found;
}

/** A further colour, each with another hue, in three degrees of light and two of strength. */
function generated(index: number): Rgb {
  const hue = (index * GOLDEN + 20) % 360;
  const light = [0.45, 0.65, 0.55][index % 3];
  const strength = index % 2 ? 0.45 : 0.75;
  const part = (shift: number): number => {
    const turn = (shift + hue / 30) % 12;
    const reach = strength * Math.min(light, 1 - light);
    const value = light - reach * Math.max(-1, Math.min(turn - 3, 9 - turn, 1));
    return Math.round(value * 255);
  };
  return [part(0), part(8), part(4)];
}

function mixed(one: Rgb, other: Rgb, share: number): Rgb {
  const part = (index: 0 | 1 | 2): number =>
    Math.round(one[index] + (other[index] - one[index]) * share);
  return [part(0), part(1), part(2)];
}

function fromHex(text: string): Rgb {
  const value = Number.parseInt(text.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
