import { encode } from 'fast-png';

const GAP = 2;
const GAP_GREY = 128;

/**
 * Pictures in [-1, 1] as the bytes of a PNG: one row a label, one column a seed.
 *
 * @param samples [rows × columns, channels, height, width]; 1 channel is grey, 3 are RGB
 * @param zoom pixels of the sheet for one of a picture
 * @param gap pixels between the pictures
 */
export function encodeSheet(
  samples: Float32Array,
  rows: number,
  columns: number,
  [channels, pictureHeight, pictureWidth]: readonly [number, number, number],
  zoom = 1,
  gap = GAP,
): Uint8Array {
  if (channels !== 1 && channels !== 3) {
    throw new RangeError(`A PNG sheet needs 1 or 3 channels, got ${channels}; use --raw`);
  }
  const [height, width] = [pictureHeight * zoom, pictureWidth * zoom];
  const sheetWidth = columns * (width + gap) - gap;
  const sheetHeight = rows * (height + gap) - gap;
  const data = new Uint8Array(sheetWidth * sheetHeight * channels).fill(GAP_GREY);
  for (let i = 0; i < rows * columns; i++) {
    const top = Math.floor(i / columns) * (height + gap);
    const left = (i % columns) * (width + gap);
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const row = (i * channels + c) * pictureHeight + Math.floor(y / zoom);
          const value = samples[row * pictureWidth + Math.floor(x / zoom)]!;
          const byte = Math.round(Math.min(Math.max((value + 1) * 127.5, 0), 255));
          data[((top + y) * sheetWidth + left + x) * channels + c] = byte;
        }
      }
    }
  }
  return encode({ width: sheetWidth, height: sheetHeight, channels, depth: 8, data });
}
