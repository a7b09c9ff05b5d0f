import { shrink } from '../../kit/plane/draw';
import { VIEW_HALF } from '../../kit/plane/settings';
import type { Particles } from './protocol';

/** Share of the particles that an extent holds; of those between two steps, at least 99 %. */
const SHARE = 0.995;
/** Extents are rounded up to this. */
const BIN = VIEW_HALF / 128;
/** Runs that fly apart are not followed any further. */
const LARGEST = 64 * VIEW_HALF;
/** What is left free around the particles. */
const MARGIN = 1.03;

/**
 * How far the particles reach at each noise level, as they are shown: the half width of the square
 * around the origin that holds nearly all of them.
 *
 * @returns [numSteps + 1]
 */
export function extentsOf({ xs, sigmas }: Pick<Particles, 'xs' | 'sigmas'>, count: number) {
  const bins = Math.ceil(LARGEST / BIN);
  const histogram = new Uint32Array(bins + 1);
  return Float64Array.from(sigmas, (sigma, step) => {
    histogram.fill(0);
    const a = shrink(sigma);
    const end = 2 * (step + 1) * count;
    for (let i = 2 * step * count; i < end; i += 2) {
      const reach = a * Math.max(Math.abs(xs[i]!), Math.abs(xs[i + 1]!));
      // Also what is not finite.
      const bin = reach < LARGEST ? Math.floor(reach / BIN) : bins;
      histogram[bin] = histogram[bin]! + 1;
    }
    let held = 0;
    let bin = 0;
    while (bin < bins && held + histogram[bin]! < SHARE * count) held += histogram[bin++]!;
    return Math.min(LARGEST, (bin + 1) * BIN);
  });
}

/**
 * Half the width that all panels need at a moment, at least VIEW_HALF.
 *
 * @param position 0: noise, 1: the end
 */
export function neededHalf(
  results: readonly ({ readonly extents: Float64Array } | undefined)[],
  position: number,
): number {
  let half = VIEW_HALF;
  for (const result of results) {
    if (!result) continue;
    const at = position * (result.extents.length - 1);
    for (const step of [Math.floor(at), Math.ceil(at)]) {
      half = Math.max(half, MARGIN * result.extents[step]!);
    }
  }
  return Math.min(LARGEST, half);
}
