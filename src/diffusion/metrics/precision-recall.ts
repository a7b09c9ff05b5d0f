import { NUM_GROUPS } from './spread';

/** Neighbours that span a manifold: each sample's ball reaches to its third nearest neighbour. */
const NEIGHBOURS = 3;

/** Precision and recall of samples that arrive one by one (1904.06991). */
export interface Manifolds {
  /**
   * Takes one more sample, of a group in 0 … NUM_GROUPS - 1; one whose features are not all finite is
   * in no manifold and has no ball.
   *
   * @param features [numFeatures]
   */
  add(features: Float32Array, group: number): void;
  /**
   * Share of samples inside the manifold of the real features: how many could be real. Undefined
   * without samples.
   *
   * @param without a group to leave out
   */
  precision(without?: number): number | undefined;
  /**
   * Share of real features inside the manifold of the samples: how much of the real variety they
   * reach. It grows with the number of samples, so only equal counts compare. Undefined for
   * NEIGHBOURS samples or fewer; 0 where no more than those have finite features.
   */
  recall(without?: number): number | undefined;
}

/** A sample, and what of it may still matter. */
interface Sample {
  readonly features: Float32Array;
  readonly group: number;
  /** Squared distances of the nearest samples, of each group for itself, rising. */
  readonly nearest: readonly number[][];
  /** Real features that were within reach when the sample came, and their squared distances. */
  readonly real: number[];
  readonly squares: number[];
}

/**
 * k-nearest-neighbour manifolds in feature space, k = 3 (1904.06991): the union of the balls around
 * each point of a set that reach to its k-th nearest other one.
 *
 * A ball only shrinks as samples arrive, so a sample remembers the few real features within reach
 * when it came, and its cost is one pass over the real features and one over the earlier samples.
 *
 * @param real features of real pictures, [count, numFeatures], more than NEIGHBOURS of them
 */
export function manifolds(real: Float32Array, numFeatures: number): Manifolds {
  const numReal = real.length / numFeatures;
  if (!(Number.isInteger(numReal) && numReal > NEIGHBOURS)) {
    throw new RangeError(
      `A manifold needs more than ${NEIGHBOURS} vectors of ${numFeatures} features, got ${real.length} numbers`,
    );
  }
  const rows = Array.from({ length: numReal }, (_, i) =>
    real.subarray(i * numFeatures, (i + 1) * numFeatures),
  );
  const realNearest = rows.map((): number[] => []);
  rows.forEach((row, i) => {
    for (let j = 0; j < i; j++) {
      const square = squaredDistance(row, rows[j]!);
      keepNearest(realNearest[i]!, square);
      keepNearest(realNearest[j]!, square);
    }
  });
  const realReach = realNearest.map((nearest) => nearest[NEIGHBOURS - 1]!);
  const samples: Sample[] = [];
  const counts = new Array<number>(NUM_GROUPS).fill(0);
  const hits = new Array<number>(NUM_GROUPS).fill(0);

  return {
    add(features, group) {
      if (features.length !== numFeatures) {
        throw new RangeError(`A sample must have ${numFeatures} features, got ${features.length}`);
      }
      counts[group]!++;
      if (!features.every(Number.isFinite)) return;
      const sample: Sample = {
        features: features.slice(),
        group,
        nearest: Array.from({ length: NUM_GROUPS }, () => []),
        real: [],
        squares: [],
      };
      for (const other of samples) {
        const square = squaredDistance(sample.features, other.features);
        keepNearest(sample.nearest[other.group]!, square);
        keepNearest(other.nearest[group]!, square);
      }
      let farthest = 0;
      for (let g = 0; g < NUM_GROUPS; g++) farthest = Math.max(farthest, reach(sample, g));
      let inside = false;
      rows.forEach((row, i) => {
        const square = squaredDistance(sample.features, row);
        inside ||= square <= realReach[i]!;
        if (square <= farthest) {
          sample.real.push(i);
          sample.squares.push(square);
        }
      });
      samples.push(sample);
      if (inside) hits[group]!++;
    },
    precision(without) {
      return sum(counts, without) === 0 ? undefined : sum(hits, without) / sum(counts, without);
    },
    recall(without) {
      const used = samples.filter(({ group }) => group !== without);
      if (sum(counts, without) <= NEIGHBOURS) return undefined;
      if (used.length <= NEIGHBOURS) return 0;
      const covered = new Set<number>();
      for (const sample of used) {
        const square = reach(sample, without);
        sample.squares.forEach((distance, i) => {
          if (distance <= square) covered.add(sample.real[i]!);
        });
      }
      return covered.size / numReal;
    },
  };
}

/** Total over the groups but one. */
function sum(values: readonly number[], without: number | undefined): number {
  return values.reduce((total, value, g) => (g === without ? total : total + value), 0);
}

/** Squared radius of a sample's ball among the samples without a group; Infinity while they are few. */
function reach({ nearest }: Sample, without: number | undefined): number {
  const all: number[] = [];
  nearest.forEach((group, g) => {
    if (g !== without) for (const square of group) keepNearest(all, square);
  });
  return all[NEIGHBOURS - 1] ?? Infinity;
}

/** Puts a value in its place among the NEIGHBOURS smallest. */
function keepNearest(nearest: number[], square: number): void {
  if (!(square < (nearest[NEIGHBOURS - 1] ?? Infinity))) return;
  const place = nearest.findIndex((other) => square < other);
  nearest.splice(place < 0 ? nearest.length : place, 0, square);
  nearest.length = Math.min(nearest.length, NEIGHBOURS);
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i]! - b[i]!) ** 2;
  return square;
}
