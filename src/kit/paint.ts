import type { Frame } from '../engine/protocol';
import type { View } from '../settings/settings';
import { isWord, type Subject } from '../settings/subject';

type Shape = readonly [channels: number, height: number, width: number];

/** The two ends of a grey picture: paper at -1 and ink at 1, as the theme has them. */
export interface Ink {
  readonly paper: readonly [number, number, number];
  readonly ink: readonly [number, number, number];
  /** What the overlay makes of numbers below -1 and above 1. */
  readonly below: readonly [number, number, number];
  readonly above: readonly [number, number, number];
}

/** The colours of an element, from the custom properties --paper, --ink, --below, --above (`r g b`). */
export function inkOf(element: Element): Ink {
  const style = getComputedStyle(element);
  const read = (name: string): [number, number, number] => {
    const [r = 0, g = 0, b = 0] = style.getPropertyValue(name).trim().split(/\s+/).map(Number);
    return [r, g, b];
  };
  return {
    paper: read('--paper'),
    ink: read('--ink'),
    below: read('--below'),
    above: read('--above'),
  };
}

/** How samples lie on a canvas. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** Longer words are broken into lines. */
const WORD_LINE = 8;

/** About as many columns as rows; the letters of a word in a line. */
export function gridFor(count: number, subject: Subject): Grid {
  const word = subject.kind === 'each' && isWord(subject.names);
  const columns = word ? Math.min(count, WORD_LINE) : Math.ceil(Math.sqrt(count));
  return { columns, rows: Math.ceil(count / columns) };
}

/** The pictures that a view shows of a frame, side by side. */
export function picturesOf(frame: Frame, view: View): readonly Uint8Array[] {
  switch (view) {
    case 'estimate':
      return [frame.denoised];
    case 'noisy':
      return [frame.x];
    case 'both':
      return [frame.x, frame.denoised];
    default:
      return view satisfies never;
  }
}

/** What lies outside [-1, 1] in one of a frame's pictures; the noisy one does so by its nature. */
export function outsideIn(frame: Frame, bytes: Uint8Array): Int8Array | undefined {
  return bytes === frame.denoised || frame.sigma === 0 ? frame.outside : undefined;
}

/** The overlay's least opacity, and the excess over ±1, in hundredths, that it covers from. */
const LEAST_TINT = 0.1;
const FULL_TINT_AT = 60;

/**
 * Sample `index` of a batch of byte pictures [batch, channels, height, width] as RGBA.
 *
 * @param outside of these pictures: tints the pixels, the more the further they lie outside [-1, 1]
 */
export function toImage(
  bytes: Uint8Array,
  index: number,
  shape: Shape,
  ink: Ink,
  outside?: Int8Array,
): ImageData {
  const [channels, height, width] = shape;
  const pixels = height * width;
  const image = new ImageData(width, height);
  const from = index * channels * pixels;
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) {
      if (channels === 1) {
        const t = bytes[from + i]! / 255;
        image.data[4 * i + c] = ink.paper[c]! + t * (ink.ink[c]! - ink.paper[c]!);
      } else {
        image.data[4 * i + c] = bytes[from + c * pixels + i]!;
      }
    }
    image.data[4 * i + 3] = 255;
    let excess = 0;
    for (let c = 0; outside && c < channels; c++) {
      const value = outside[from + c * pixels + i]!;
      if (Math.abs(value) > Math.abs(excess)) excess = value;
    }
    if (excess === 0) continue;
    const tint = LEAST_TINT + (1 - LEAST_TINT) * Math.min(1, Math.abs(excess) / FULL_TINT_AT);
    const colour = excess > 0 ? ink.above : ink.below;
    for (let c = 0; c < 3; c++) {
      image.data[4 * i + c] = image.data[4 * i + c]! * (1 - tint) + colour[c]! * tint;
    }
  }
  return image;
}
