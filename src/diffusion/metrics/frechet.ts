import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** A Gaussian fitted to features: what a Fréchet distance compares. */
export interface Gaussian {
  /** [features] */
  readonly mean: ArrayLike<number>;
  /** [features, features], normalised by count - 1. */
  readonly covariance: ArrayLike<number>;
}

/** Sums from which mean and covariance follow; they add up over batches and over groups. */
export interface Moments {
  count: number;
  /** [features] */
  readonly mean: Float64Array;
  /** Σ (f - mean)(f - mean)ᵀ, [features, features] */
  readonly scatter: Float64Array;
}

export function emptyMoments(numFeatures: number): Moments {
  return {
    count: 0,
    mean: new Float64Array(numFeatures),
    scatter: new Float64Array(numFeatures ** 2),
  };
}

/** Takes one more feature vector into the moments (Welford's update, stable for any mean). */
export function addToMoments(moments: Moments, features: ArrayLike<number>): void {
  const { mean, scatter } = moments;
  const size = mean.length;
  if (features.length !== size) {
    throw new RangeError(`A sample must have ${size} features, got ${features.length}`);
  }
  const before = moments.count++;
  const share = before / moments.count;
  const difference = mean.map((value, i) => features[i]! - value);
  for (let i = 0; i < size; i++) {
    mean[i]! += difference[i]! / moments.count;
    const factor = share * difference[i]!;
    for (let j = 0; j < size; j++) scatter[i * size + j]! += factor * difference[j]!;
  }
}

/** The moments of all parts together (Chan, Golub and LeVeque's rule). The parts stay as they are. */
export function mergeMoments(parts: readonly Moments[], numFeatures: number): Moments {
  const all = emptyMoments(numFeatures);
  const { mean, scatter } = all;
  for (const part of parts) {
    if (part.count === 0) continue;
    const before = all.count;
    all.count += part.count;
    const share = (before * part.count) / all.count;
    const difference = mean.map((value, i) => part.mean[i]! - value);
    for (let i = 0; i < numFeatures; i++) {
      mean[i]! += (difference[i]! * part.count) / all.count;
      const factor = share * difference[i]!;
      for (let j = 0; j < numFeatures; j++) {
        const k = i * numFeatures + j;
        scatter[k]! += part.scatter[k]! + factor * difference[j]!;
      }
    }
  }
  return all;
}

/**
 * Mean and unbiased covariance (normalised by count - 1, as NumPy's `cov`).
 *
 * @throws RangeError unless there are more samples than features: with fewer the covariance is
 *   singular, and a Fréchet distance to it says more about the count than about the pictures
 */
export function gaussianOf({ count, mean, scatter }: Moments): Gaussian {
  if (count <= mean.length) {
    throw new RangeError(
      `A Fréchet distance of ${mean.length} features needs more than ${mean.length} samples, got ${count}`,
    );
  }
  return { mean: mean.slice(), covariance: scatter.map((value) => value / (count - 1)) };
}

/**
 * The distance to a reference: ‖μ1 - μ2‖² + tr(Σ1 + Σ2 - 2 (Σ1 Σ2)^½), Fréchet's for two Gaussians
 * (1706.08500 made it a metric of pictures). It falls with the number of samples, so only equal
 * counts compare. The reference's root is taken once.
 */
export function frechetDistanceTo(reference: Gaussian): (other: Gaussian) => number {
  const size = reference.mean.length;
  const root = squareRoot(asMatrix(reference.covariance, size));
  return ({ mean, covariance }) => {
    if (mean.length !== size) {
      throw new RangeError(`Both must have ${size} features, got ${mean.length}`);
    }
    let distance = 0;
    for (let i = 0; i < size; i++) {
      distance += (reference.mean[i]! - mean[i]!) ** 2;
      distance += reference.covariance[i * (size + 1)]! + covariance[i * (size + 1)]!;
    }
    if (!Number.isFinite(distance)) return distance; // A run diverged: there are no eigenvalues.
    // tr (Σ1 Σ2)^½ is the sum of the roots of the eigenvalues of the symmetric Σ1^½ Σ2 Σ1^½.
    const product = root.mmul(asMatrix(covariance, size)).mmul(root);
    for (const value of decompose(product).realEigenvalues) {
      distance -= 2 * Math.sqrt(Math.max(value, 0));
    }
    // Rounding may leave two Gaussians that are all but equal less than nothing apart.
    return Math.max(0, distance);
  };
}

/** The Fréchet distance of two Gaussians; see `frechetDistanceTo`. */
export function frechetDistance(a: Gaussian, b: Gaussian): number {
  return frechetDistanceTo(a)(b);
}

function squareRoot(matrix: Matrix): Matrix {
  const { eigenvectorMatrix: vectors, realEigenvalues } = decompose(matrix);
  const roots = realEigenvalues.map((value) => Math.sqrt(Math.max(value, 0)));
  return vectors.clone().mulRowVector(roots).mmul(vectors.transpose());
}

/** The two halves of a symmetric product differ by rounding, so ml-matrix must not test for symmetry. */
function decompose(matrix: Matrix): EigenvalueDecomposition {
  return new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
}

function asMatrix(values: ArrayLike<number>, size: number): Matrix {
  return Matrix.from1DArray(size, size, values);
}
