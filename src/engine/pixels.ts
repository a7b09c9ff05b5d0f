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

/** What a screen shows of a picture, back as numbers in [-1, 1]: what a classifier should judge. */
export function asShown(data: Float32Array): Float32Array {
  return Float32Array.from(toBytes(data), (byte) => byte / 127.5 - 1);
}
