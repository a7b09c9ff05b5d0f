import { encode } from 'fast-png';
import { ArgumentError } from './flags';

const GAP = 2;
const GAP_GREY = 128;

/** Most bytes of a sheet before it is compressed. */
const MOST_BYTES = 2 ** 28;

/**
 * How large a sheet is, in pixels.
 *
 * @throws ArgumentError for pictures of other channels than 1 or 3, or a sheet that is too large
 */
export function sheetSize(
  rows: number,
  columns: number,
  [channels, height, width]: readonly [number, number, number],
  zoom: number,
  gap = GAP,
): { readonly width: number; readonly height: number } {
  if (channels !== 1 && channels !== 3) {
    throw new ArgumentError(`--out needs pictures of 1 or 3 channels, got ${channels}; use --raw`);
  }
  const size = {
    width: columns * (width * zoom + gap) - gap,
    height: rows * (height * zoom + gap) - gap,
  };
  const bytes = size.width * size.height * channels;
  if (bytes > MOST_BYTES) {
    throw new ArgumentError(
      `--out must be a sheet of at most ${MOST_BYTES} bytes, this one has ${size.width} × ${size.height} pixels of ${channels}: give fewer --seeds or --labels, or a smaller --zoom`,
    );
  }
  return size;
}

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
  shape: readonly [number, number, number],
  zoom = 1,
  gap = GAP,
): Uint8Array {
  const [channels, pictureHeight, pictureWidth] = shape;
  const { width: sheetWidth, height: sheetHeight } = sheetSize(rows, columns, shape, zoom, gap);
  const [height, width] = [pictureHeight * zoom, pictureWidth * zoom];
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
