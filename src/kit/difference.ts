import type { Ink } from './paint';

type Colour = readonly [number, number, number];

/** The colours of a difference: `minus` at -1 and below, paper at 0, `plus` at 1 and above. */
export interface Diverging {
  readonly minus: Colour;
  readonly zero: Colour;
  readonly plus: Colour;
}

/** Bytes span [-1, 1]. */
const UNIT = 2 / 255;

/** Diverging colours of an element, from --minus, --paper and --plus (`r g b`). */
export function divergingOf(element: Element, { paper }: Ink): Diverging {
  const style = getComputedStyle(element);
  const read = (name: string): Colour => {
    const [r = 0, g = 0, b = 0] = style.getPropertyValue(name).trim().split(/\s+/).map(Number);
    return [r, g, b];
  };
  return { minus: read('--minus'), zero: paper, plus: read('--plus') };
}

/** Mean of |b - a| over all values of two byte pictures, in the units of images in [-1, 1]. */
export function meanAbsoluteDifference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(b[i]! - a[i]!);
  return (sum * UNIT) / a.length;
}

/**
 * Sample `index` of b - a as RGBA in diverging colours, on the scale [-1, 1] of the images; what
 * differs by more has the colour of the end. Colour pictures show the channel that differs most: from
 * red to cyan the mean over the channels hardly changes.
 */
export function differencePixels(
  a: Uint8Array,
  b: Uint8Array,
  index: number,
  [channels, height, width]: readonly [number, number, number],
  colours: Diverging,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = height * width;
  const from = index * channels * pixels;
  const at = (c: number, i: number) => from + c * pixels + i;
  return divergingPixels(
    pixels,
    colours,
    (i) => UNIT * strongest(channels, (c) => b[at(c, i)]! - a[at(c, i)]!),
  );
}

/** The value of a channel that is furthest from 0. */
export function strongest(channels: number, valueIn: (channel: number) => number): number {
  let found = 0;
  for (let c = 0; c < channels; c++) {
    const value = valueIn(c);
    if (Math.abs(value) > Math.abs(found)) found = value;
  }
  return found;
}

/** The value of every pixel as RGBA; beyond ±1 it has the colour of the end. */
export function divergingPixels(
  pixels: number,
  { minus, zero, plus }: Diverging,
  valueAt: (pixel: number) => number,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(4 * pixels);
  for (let i = 0; i < pixels; i++) {
    const value = valueAt(i);
    const end = value < 0 ? minus : plus;
    const t = Math.min(1, Math.abs(value));
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = zero[c]! + t * (end[c]! - zero[c]!);
    rgba[4 * i + 3] = 255;
  }
  return rgba;
}
