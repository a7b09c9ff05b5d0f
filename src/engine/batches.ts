import { BATCH_SIZES } from './protocol';

/** One run lasts at most about this long: a run cannot be cancelled, and a GPU is not the page's alone. */
const MOST_RUN_MS = 1000;

/**
 * Floating-point operations a second to count on before anything is measured; the first, measured
 * run is chosen by it.
 */
const ASSUMED_SPEED = { gpu: 1e11, wasm: 1e10, software: 2e8 } as const;
export type Speed = keyof typeof ASSUMED_SPEED;

/** What a network's manifest says of its size. */
export interface NetworkSize {
  /** [channels, height, width]. */
  readonly shape: readonly [number, number, number];
  readonly flopsPerForward?: number | undefined;
}

/** Operations a pixel of a network that does not tell: those of this site need 0.3 to 1.2 million. */
const ASSUMED_COST = 1e6;

function costOf({ shape: [, height, width], flopsPerForward }: NetworkSize): number {
  return flopsPerForward ?? ASSUMED_COST * height * width;
}

/** Numbers of one binding and of one buffer, in bytes: `GPUSupportedLimits` has both. */
export type BufferLimits = Pick<
  GPUSupportedLimits,
  'maxBufferSize' | 'maxStorageBufferBindingSize'
>;

/** The largest of the batch sizes up to `most`; 1 where all are larger. */
export function batchUpTo(most: number): number {
  return BATCH_SIZES.findLast((batch) => batch <= most) ?? 1;
}

/**
 * Bytes of a network's largest tensor between two layers, one row, from above.
 *
 * A 3 × 3 convolution that makes c channels of p pixels from as many costs 18 c² p operations, at
 * most all F of the network: c p ≤ sqrt(F p / 18), and p is at most the picture's. Two such tensors
 * are joined where a UNet's halves meet.
 */
export function largestTensorBytes(size: NetworkSize): number {
  const [channels, height, width] = size.shape;
  const pixels = height * width;
  const numbers = Math.max(channels * pixels, 2 * Math.sqrt((costOf(size) * pixels) / 18));
  return 4 * numbers;
}

/** The largest batch whose tensors fit an adapter's buffers. */
export function batchWithinLimits(limits: BufferLimits, size: NetworkSize): number {
  const most = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  return batchUpTo(most / largestTensorBytes(size));
}

/** The largest batch that an unknown device of this kind should run in `MOST_RUN_MS`. */
export function batchAssumed(speed: Speed, size: NetworkSize): number {
  return batchUpTo((ASSUMED_SPEED[speed] * MOST_RUN_MS) / 1000 / costOf(size));
}

/** The largest batch that runs in `MOST_RUN_MS`, by a measured run of `rows` rows. */
export function batchInTime(ms: number, rows: number): number {
  return batchUpTo((MOST_RUN_MS * rows) / ms);
}

/** Batch sizes whose sum covers `rows`: the largest that fit, padded only if over three quarters full. */
export function batchPlan(rows: number, maxBatch: number): number[] {
  const sizes = BATCH_SIZES.filter((batch) => batch <= maxBatch);
  const plan: number[] = [];
  for (let left = rows; left > 0; ) {
    const padded = sizes.find((size) => size >= left && left >= 0.75 * size);
    const batch = padded ?? sizes.findLast((size) => size <= left) ?? 1;
    plan.push(batch);
    left -= batch;
  }
  return plan;
}
