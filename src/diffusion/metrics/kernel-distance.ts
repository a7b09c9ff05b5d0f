import { NUM_GROUPS } from './spread';

/** The kernel distance of samples that arrive one by one. */
export interface KernelDistance {
  /** Takes one more sample, of a group in 0 … NUM_GROUPS - 1. @param features [numFeatures], finite */
  add(features: Float32Array, group: number): void;
  /**
   * The unbiased estimate of MMD²: its mean does not depend on the number of samples, and it may be
   * below 0. Undefined for fewer than two samples.
   *
   * @param without a group to leave out
   */
  value(without?: number): number | undefined;
}

/**
 * Kernel distance, the formula of the kernel inception distance (1801.01401): the squared maximum mean
 * discrepancy of samples and real pictures in feature space with the kernel k(x, y) = (x·y/d + 1)³, d
 * features, E k(x, x') + E k(y, y') - 2 E k(x, y) over different pictures.
 *
 * Over all samples and all real features at once; published code means over random subsets, which have
 * the same expectation. Nothing is assumed of the features, where a Fréchet distance takes them for
 * Gaussian.
 *
 * @param real features of real pictures, [count, numFeatures], two or more
 */
export function kernelDistance(real: Float32Array, numFeatures: number): KernelDistance {
  const numReal = real.length / numFeatures;
  if (!(Number.isInteger(numReal) && numReal > 1)) {
    throw new RangeError(
      `A kernel distance needs at least 2 vectors of ${numFeatures} features, got ${real.length} numbers`,
    );
  }
  const rows = Array.from({ length: numReal }, (_, i) =>
    real.subarray(i * numFeatures, (i + 1) * numFeatures),
  );
  let ofReal: number | undefined;
  /** E k(y, y'), at the first question: half a second for a thousand pictures. */
  const realMean = () => {
    if (ofReal !== undefined) return ofReal;
    let total = 0;
    rows.forEach((row, i) => {
      for (let j = 0; j < i; j++) total += kernel(row, rows[j]!);
    });
    ofReal = (2 * total) / (numReal * (numReal - 1));
    return ofReal;
  };
  const samples: { readonly features: Float32Array; readonly group: number }[] = [];
  const counts = new Array<number>(NUM_GROUPS).fill(0);
  /** Σ k of pairs of samples by their groups, and of samples with real features. */
  const pairs = new Float64Array(NUM_GROUPS * NUM_GROUPS);
  const mixed = new Float64Array(NUM_GROUPS);

  return {
    add(features, group) {
      if (features.length !== numFeatures) {
        throw new RangeError(`A sample must have ${numFeatures} features, got ${features.length}`);
      }
      const own = features.slice();
      for (const other of samples) {
        const index = group * NUM_GROUPS + other.group;
        pairs[index] = pairs[index]! + kernel(own, other.features);
      }
      for (const row of rows) mixed[group] = mixed[group]! + kernel(own, row);
      samples.push({ features: own, group });
      counts[group]!++;
    },
    value(without) {
      let [count, within, across] = [0, 0, 0];
      for (let g = 0; g < NUM_GROUPS; g++) {
        if (g === without) continue;
        count += counts[g]!;
        across += mixed[g]!;
        for (let h = 0; h < NUM_GROUPS; h++) {
          if (h !== without) within += pairs[g * NUM_GROUPS + h]!;
        }
      }
      if (count < 2) return undefined;
      const ofSamples = (2 * within) / (count * (count - 1));
      return ofSamples + realMean() - (2 * across) / (count * numReal);
    },
  };
}

/** (x·y/d + 1)³. */
function kernel(a: Float32Array, b: Float32Array): number {
  let product = 0;
  for (let i = 0; i < a.length; i++) product += a[i]! * b[i]!;
  return (product / a.length + 1) ** 3;
}
