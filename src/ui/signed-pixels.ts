import { type Diverging, divergingPixels } from './difference';

/**
 * Sample `index` of signed bytes [batch, channels, height, width] as RGBA in diverging colours: `zero`
 * at 0, the end colours at ±127. Colour pictures show the mean over their channels.
 */
export function signedPixels(
  data: Int8Array,
  index: number,
  [channels, height, width]: readonly [number, number, number],
  colours: Diverging,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = height * width;
  const from = index * channels * pixels;
  return divergingPixels(pixels, colours, (i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += data[from + c * pixels + i]!;
    return sum / (127 * channels);
  });
}
