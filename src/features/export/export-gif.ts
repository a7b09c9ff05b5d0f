import { applyPalette, GIFEncoder, type Palette, quantize } from 'gifenc';
import { drawTiles, imagesOf, type ShownSamples } from '../../kit/draw-samples';
import { gridFor } from '../../kit/paint';
import { frameAt, type Trajectory } from '../../kit/trajectories';
import type { Settings } from '../../settings/settings';
import { blank, nativeSize, type Style, sharpTiling } from './export-pictures';

/** The whole way is shown in this time, and its end for a while. */
const WAY_MS = 3500;
const END_MS = 1800;
/** Browsers show frames of less time slower. */
const LEAST_FRAME_MS = 20;
/** Least width of the animation, in pixels. */
const WIDTH_PX = 280;

/** What an animation shows: one sample, or all of them as tiles. */
export interface Scene {
  readonly trajectory: Trajectory;
  readonly settings: Pick<Settings, 'view' | 'overlay' | 'subject'>;
  /** undefined: all. */
  readonly sample: number | undefined;
}

/**
 * A trajectory as an animated GIF, a frame a step and one for the finished samples, each pixel of
 * the network enlarged to a square. The page may do other things between two frames.
 */
export async function trajectoryGif(
  { trajectory, settings, sample }: Scene,
  style: Style,
  onFrame: (done: number, all: number) => void,
): Promise<Blob> {
  const { lastStep, count, shape } = trajectory;
  const { view, overlay, subject } = settings;
  const gif = GIFEncoder();
  const delay = Math.max(LEAST_FRAME_MS, WAY_MS / (lastStep + 1));
  for (let step = 0; step <= lastStep; step++) {
    const frame = frameAt(trajectory, step / lastStep);
    if (!frame) throw new RangeError(`The run must have ${lastStep + 1} frames, got ${step}`);
    const { data, width, height } = drawn(
      { frame, shape, view, overlay, count },
      subject,
      sample,
      style,
    );
    const k = Math.ceil(WIDTH_PX / width);
    const { palette, index } = indexed(data);
    gif.writeFrame(enlarged(index, width, height, k), k * width, k * height, {
      palette,
      delay: step === lastStep ? END_MS : delay,
    });
    onFrame(step + 1, lastStep + 1);
    await new Promise((resolve) => setTimeout(resolve));
  }
  gif.finish();
  return new Blob([gif.bytes()], { type: 'image/gif' });
}

/**
 * Pictures as an animated GIF, one a step, the last one for a while. The page may do other things
 * between two frames.
 *
 * @param picture of step k, 0 … steps; all of one size
 */
export async function picturesGif(
  steps: number,
  picture: (step: number) => OffscreenCanvas,
  onFrame: (done: number, all: number) => void,
): Promise<Blob> {
  const gif = GIFEncoder();
  const delay = Math.max(LEAST_FRAME_MS, WAY_MS / (steps + 1));
  for (let step = 0; step <= steps; step++) {
    const canvas = picture(step);
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
    const { palette, index } = indexed(data);
    gif.writeFrame(index, width, height, { palette, delay: step === steps ? END_MS : delay });
    onFrame(step + 1, steps + 1);
    await new Promise((resolve) => setTimeout(resolve));
  }
  gif.finish();
  return new Blob([gif.bytes()], { type: 'image/gif' });
}

/** A frame in the pixels of the finished pictures. */
function drawn(
  batch: ShownSamples,
  subject: Settings['subject'],
  sample: number | undefined,
  { ink }: Style,
): ImageData {
  const images = imagesOf(batch, ink);
  const size = nativeSize(batch);
  const one = { columns: 1, rows: 1, tile: size, gap: 0 };
  const across = gridFor(batch.count, subject).columns;
  const tiling = sample === undefined ? sharpTiling(batch, across, 1) : one;
  const width = tiling.columns * tiling.tile.width;
  const height = tiling.rows * tiling.tile.height;
  const { context } = blank(width, height, ink);
  if (sample === undefined) drawTiles(context, tiling, batch.count, images);
  else drawTiles(context, tiling, 1, () => images(sample));
  return context.getImageData(0, 0, width, height);
}

/** Pixels by a palette: their own colours, as grey pictures have no more than 256, else the nearest of 256. */
function indexed(rgba: Uint8ClampedArray): { palette: Palette; index: Uint8Array } {
  const palette: Palette = [];
  const entries = new Map<number, number>();
  const index = new Uint8Array(rgba.length / 4);
  for (let i = 0; i < index.length; i++) {
    const colour = [rgba[4 * i]!, rgba[4 * i + 1]!, rgba[4 * i + 2]!] as const;
    const key = (colour[0] << 16) | (colour[1] << 8) | colour[2];
    let entry = entries.get(key);
    if (entry === undefined) {
      if (palette.length === 256) {
        const nearest = quantize(rgba, 256);
        return { palette: nearest, index: applyPalette(rgba, nearest) };
      }
      entry = palette.push(colour) - 1;
      entries.set(key, entry);
    }
    index[i] = entry;
  }
  return { palette, index };
}

/** Each pixel as a square of k × k. */
function enlarged(index: Uint8Array, width: number, height: number, k: number): Uint8Array {
  const large = new Uint8Array(index.length * k * k);
  for (let y = 0; y < k * height; y++) {
    const from = Math.floor(y / k) * width;
    for (let x = 0; x < width; x++)
      large.fill(index[from + x]!, (y * width + x) * k, (y * width + x + 1) * k);
  }
  return large;
}
