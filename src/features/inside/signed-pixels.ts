import { type Diverging, divergingPixels, strongest } from '../../kit/difference';

/**
 * Sample `index` of signed bytes [batch, channels, height, width] as RGBA in diverging colours: `zero`
 * at 0, the end colours at ±127. Colour pictures show the channel that is furthest from 0.
 */
export function signedPixels(
  data: Int8Array,
  index: number,
  [channels, height, width]: readonly [number, number, number],
  colours: Diverging,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = height * width;
  const from = index * channels * pixels;
  return divergingPixels(
    pixels,
    colours,
    (i) => strongest(channels, (c) => data[from + c * pixels + i]!) / 127,
  );
}
