import { NUM_GROUPS } from './spread';

/** Neighbours that span a real picture's ball, as in the paper. */
const NEIGHBOURS = 5;

/** Density and coverage of samples that arrive one by one. */
export interface DensityCoverage {
  /** Takes one more sample, of a group in 0 … NUM_GROUPS - 1; one with infinite features is in no ball. */
  add(features: Float32Array, group: number): void;
  /**
   * Mean number of real balls that a sample is in, divided by NEIGHBOURS: about 1 for samples that are as
   * real pictures, more where they crowd. Undefined without samples.
   *
   * @param without a group to leave out
   */
  density(without?: number): number | undefined;
  /** Share of real balls with a sample in them. It grows with the number of samples. Undefined without any. */
  coverage(without?: number): number | undefined;
}

/**
 * Density and coverage (2002.09797): as precision and recall, by the balls around real features alone
 * that reach to the fifth nearest other one. An outlier among the real ones counts once and not for all
 * the samples in its large ball, and samples have no balls of their own, which outliers would blow up.
 *
 * @param real features of real pictures, [count, numFeatures]
 * @returns undefined for NEIGHBOURS real pictures or fewer
 */
export function densityCoverage(
  real: Float32Array,
  numFeatures: number,
): DensityCoverage | undefined {
  const numReal = real.length / numFeatures;
  if (numReal <= NEIGHBOURS) return undefined;
  const rows = Array.from({ length: numReal }, (_, i) =>
    real.subarray(i * numFeatures, (i + 1) * numFeatures),
  );
  const reach = rows.map((row, i) => {
    const squares = Float64Array.from(rows, (other, j) =>
      i === j ? Infinity : square(row, other),
    );
    return squares.sort()[NEIGHBOURS - 1]!;
  });
  const counts = new Array<number>(NUM_GROUPS).fill(0);
  const inside = new Array<number>(NUM_GROUPS).fill(0);
  /** Samples in each real ball, by their groups. */
  const hits = new Uint32Array(numReal * NUM_GROUPS);
  const total = (values: readonly number[], without: number | undefined) =>
    values.reduce((sum, value, g) => (g === without ? sum : sum + value), 0);

  return {
    add(features, group) {
      counts[group]!++;
      if (!features.every(Number.isFinite)) return;
      rows.forEach((row, i) => {
        if (square(features, row) > reach[i]!) return;
        inside[group]!++;
        hits[i * NUM_GROUPS + group]!++;
      });
    },
    density(without) {
      const count = total(counts, without);
      return count === 0 ? undefined : total(inside, without) / (NEIGHBOURS * count);
    },
    coverage(without) {
      if (total(counts, without) === 0) return undefined;
      let covered = 0;
      for (let i = 0; i < numReal; i++) {
        const own = hits.subarray(i * NUM_GROUPS, (i + 1) * NUM_GROUPS);
        if (own.some((count, g) => g !== without && count > 0)) covered++;
      }
      return covered / numReal;
    },
  };
}

function square(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
