import type { Frame, SignedPicture } from './protocol';

/** Of the cross that stands for a lost picture, by the picture's side. */
const CROSS_WIDTH = 1 / 12;

/**
 * Numbers as bytes for a screen: [-1, 1] → 0 … 255, values outside clipped.
 *
 * @param scale multiplies the numbers first
 */
export function toBytes(data: Float32Array, scale = 1): Uint8Array {
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = (data[i]! * scale + 1) * 127.5;
    bytes[i] = value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value);
  }
  return bytes;
}

/**
 * Puts a light cross on dark in place of a sample's picture: it has been lost, and black would pass
 * for a picture.
 *
 * @param bytes [batch, ...shape]
 * @param shape [channels, height, width]
 */
export function crossOut(
  bytes: Uint8Array,
  sample: number,
  [channels, height, width]: Frame['shape'],
): void {
  const size = channels * height * width;
  for (let i = 0; i < size; i++) {
    const down = ((Math.floor(i / width) % height) + 0.5) / height;
    const across = ((i % width) + 0.5) / width;
    const apart = Math.min(Math.abs(down - across), Math.abs(down + across - 1));
    bytes[sample * size + i] = apart < CROSS_WIDTH ? 176 : 64;
  }
}

/** How far numbers lie outside [-1, 1], signed, in hundredths up to ±127: what `toBytes` clips. */
export function outsideOf(data: Float32Array): Int8Array {
  const outside = new Int8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    const excess = Math.min(127, Math.round(100 * (Math.abs(value) - 1)));
    if (excess > 0) outside[i] = value > 0 ? excess : -excess;
  }
  return outside;
}

/** Numbers as signed bytes, sample by sample: ±limit → ±127, values beyond clipped. */
export function toSigned(data: Float32Array, limit: readonly number[]): SignedPicture {
  const size = data.length / limit.length;
  const bytes = Int8Array.from(data, (value, i) => {
    const byte = Math.round((127 * value) / limit[Math.floor(i / size)]!);
    return Math.max(-127, Math.min(127, byte));
  });
  return { data: bytes, limit };
}
