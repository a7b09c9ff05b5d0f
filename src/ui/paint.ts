import type { Frame } from '../engine/protocol';
import type { View } from '../state/settings';

type Shape = readonly [channels: number, height: number, width: number];

/** The two ends of a grey picture: paper at -1 and ink at 1, as the theme has them. */
export interface Ink {
  readonly paper: readonly [number, number, number];
  readonly ink: readonly [number, number, number];
}

/** Ink and paper of an element, from the custom properties --paper and --ink (`r g b`). */
export function inkOf(element: Element): Ink {
  const style = getComputedStyle(element);
  const read = (name: string): [number, number, number] => {
    const [r = 0, g = 0, b = 0] = style.getPropertyValue(name).trim().split(/\s+/).map(Number);
    return [r, g, b];
  };
  return { paper: read('--paper'), ink: read('--ink') };
}

/** How samples lie on a canvas. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** Longer words are broken into lines. */
const WORD_LINE = 8;

/** About as many columns as rows; the letters of a word in a line. */
export function gridFor(count: number, word: boolean): Grid {
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

/** Sample `index` of a batch of byte pictures [batch, channels, height, width] as RGBA. */
export function toImage(bytes: Uint8Array, index: number, shape: Shape, ink: Ink): ImageData {
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
  }
  return image;
}
