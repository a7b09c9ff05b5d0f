import { encode } from 'fast-png';
import type { DenoiserManifest } from '../src/networks/manifest';

/** At most this many pixels a side, and this many samples. */
const LARGEST = 128;
const MOST_ACROSS = 4;

/** Of all thumbnails: what the page shows of a guided network. */
export const THUMBNAIL = {
  guidance: 'cfg',
  guidanceScale: 2,
  sampler: 'dpmpp-2m',
  schedule: 'karras',
  numSteps: 16,
  seed: 42,
} as const;

/** One sample of a thumbnail. */
export interface ThumbnailSample {
  readonly label: number;
  readonly seed: number;
}

/** The samples of a network's thumbnail, row by row of a square: classes spread over all, each with a seed of its own. */
export function thumbnailSamples({
  shape,
  classes,
}: Pick<DenoiserManifest, 'shape' | 'classes'>): ThumbnailSample[] {
  const across = Math.min(
    MOST_ACROSS,
    Math.max(1, Math.floor(LARGEST / Math.max(shape[1], shape[2]))),
  );
  const count = across ** 2;
  const { length } = classes;
  return Array.from({ length: count }, (_, k) => ({
    label: length >= count ? Math.floor((k * length) / count) : k % Math.max(1, length),
    seed: THUMBNAIL.seed + k,
  }));
}

/** The samples' settings in words, as the manifest keeps them. */
export function thumbnailSettings(samples: readonly ThumbnailSample[]): string {
  const { guidance, guidanceScale, sampler, schedule, numSteps, seed } = THUMBNAIL;
  const seeds = samples.length > 1 ? `seeds ${seed}–${seed + samples.length - 1}` : `seed ${seed}`;
  return `${guidance}, scale ${guidanceScale}, ${sampler}, ${schedule}, ${numSteps} steps, ${seeds}`;
}

/**
 * Square pictures in [-1, 1] as the bytes of a square PNG without gaps.
 *
 * @param samples [count, channels, height, width], a square number of them; 1 channel is grey, 3 are RGB
 */
export function encodeThumbnail(
  samples: Float32Array,
  [channels, height, width]: readonly [number, number, number],
): Uint8Array {
  if (channels !== 1 && channels !== 3) {
    throw new RangeError(`A thumbnail needs 1 or 3 channels, got ${channels}`);
  }
  const size = channels * height * width;
  const across = Math.sqrt(samples.length / size);
  if (!Number.isInteger(across)) {
    throw new RangeError(
      `A thumbnail needs a square number of samples, got ${samples.length / size}`,
    );
  }
  const data = new Uint8Array(samples.length);
  samples.forEach((value, i) => {
    const sample = Math.floor(i / size);
    const channel = Math.floor(i / (height * width)) % channels;
    const y = Math.floor(sample / across) * height + (Math.floor(i / width) % height);
    const x = (sample % across) * width + (i % width);
    const byte = Math.round(Math.min(Math.max((value + 1) * 127.5, 0), 255));
    data[(y * across * width + x) * channels + channel] = byte;
  });
  return encode({ width: across * width, height: across * height, channels, depth: 8, data });
}
