import type { Diverging } from './difference';

/**
 * Sample `index` of signed bytes [batch, channels, height, width] as RGBA in diverging colours: `zero`
 * at 0, the end colours at ±127. Colour pictures show the mean over their channels.
 */
export function signedPixels(
  data: Int8Array,
  index: number,
  [channels, height, width]: readonly [number, number, number],
  { minus, zero, plus }: Diverging,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = height * width;
  const rgba = new Uint8ClampedArray(4 * pixels);
  const from = index * channels * pixels;
  for (let i = 0; i < pixels; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += data[from + c * pixels + i]!;
    const t = Math.abs(sum) / (127 * channels);
    const end = sum < 0 ? minus : plus;
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = zero[c]! + t * (end[c]! - zero[c]!);
    rgba[4 * i + 3] = 255;
  }
  return rgba;
}
