import type { Gram } from './fields';

/** What guidance has to work with at one evaluation of one sample. NaN where it is not defined. */
export interface Difference {
  /** ‖eps_c - eps_u‖ = ‖c - u‖ / sigma. */
  readonly norm: number;
  /** Between eps_c - eps_u and eps_c, in degrees: 0 … 180. */
  readonly angle: number;
  /** Length of the part of c - u along c, negative where it points the other way. */
  readonly parallel: number;
  /** Length of the part of c - u at a right angle to c. */
  readonly orthogonal: number;
}

/**
 * The difference of two estimates of one noisy x, sample by sample, with eps = (x - D)/sigma.
 *
 * The split along c is the one that APG makes (2410.02416).
 *
 * @param gram of the fields x, c, u
 */
export function differences({ inner }: Gram, sigma: number): Difference[] {
  return inner.map((products) => {
    const [xx, xc, xu, , cc, cu, , , uu] = products as unknown as number[];
    const length = root(cc! - 2 * cu! + uu!);
    const noise = root(xx! - 2 * xc! + cc!); // sigma ‖eps_c‖
    const product = xu! - cu! - xc! + cc!; // sigma² ⟨eps_c - eps_u, eps_c⟩ = ⟨u - c, x - c⟩
    const parallel = cc! > 0 ? (cc! - cu!) / Math.sqrt(cc!) : 0;
    return {
      norm: length / sigma,
      angle: (Math.acos(cosine(product, length, noise)) * 180) / Math.PI,
      parallel,
      orthogonal: root(length ** 2 - parallel ** 2),
    };
  });
}

/**
 * Cosine of the angle between the explicit gradient g = grad_x log p(class | x, sigma) of a noisy
 * classifier and the implicit one of classifier-free guidance (2207.12598), sample by sample:
 * -(eps_c - eps_u)/sigma = (c - u)/sigma².
 *
 * @param gram of the fields c, u, g
 * @returns NaN where one of the two is zero
 */
export function gradientAgreement({ inner }: Gram): number[] {
  return inner.map((products) => {
    const [cc, cu, cg, , uu, ug, , , gg] = products as unknown as number[];
    return cosine(cg! - ug!, root(cc! - 2 * cu! + uu!), root(gg!));
  });
}

/** Share of the numbers of each sample that lie outside [-1, 1] by more than `tolerance`. */
export function saturatedShares(
  data: Float32Array,
  batch: number,
  tolerance = SATURATION_TOLERANCE,
): number[] {
  const size = data.length / batch;
  return Array.from({ length: batch }, (_, b) => {
    const sample = data.subarray(b * size, (b + 1) * size);
    return sample.reduce((n, value) => n + Number(Math.abs(value) > 1 + tolerance), 0) / size;
  });
}

/** Data lies in [-1, 1], and an estimate that is right may leave it by so much. */
const SATURATION_TOLERANCE = 0.01;

/** Rounding may leave a sum of squares just below zero. */
function root(square: number): number {
  return Math.sqrt(Math.max(0, square));
}

function cosine(product: number, a: number, b: number): number {
  return a > 0 && b > 0 ? Math.max(-1, Math.min(1, product / (a * b))) : Number.NaN;
}
