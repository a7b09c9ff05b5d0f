import { highPass as highPassed } from './cosine';
import { checkLevels, laplacianBands } from './pyramid';
import { checkSeed, fillGaussian } from './random';

/** One number for every sample of a batch, or one number a sample. */
export type Coefficient = number | readonly number[] | Float64Array;

/** One summand of a linear combination. */
export type Term<F> = readonly [Coefficient, F];

/** Inner products and means of a list of n fields, sample by sample. */
export interface Gram {
  /** `inner[b][i * n + j]` = ⟨f_i, f_j⟩ of sample b, summed over channels and pixels. */
  readonly inner: readonly Float64Array[];
  /** `mean[b][i]` = mean of f_i of sample b. */
  readonly mean: readonly Float64Array[];
  /** Numbers a sample. */
  readonly size: number;
}

/**
 * The vector space that samplers and guidance rules are written over.
 *
 * A field `F` is a batch of images `[batch, channels, height, width]`; who made it owns it and
 * releases it. Implementations: arrays (here), GPU buffers (the engine).
 */
export interface FieldAlgebra<F> {
  /** Σ coefficient · field as a new field. */
  lincomb(terms: readonly Term<F>[]): F;
  /** Per-sample inner products and means. */
  gram(fields: readonly F[]): Gram | Promise<Gram>;
  /** Every number limited to [-bound, bound], as a new field. @throws RangeError for a bound below 0 */
  clamp(field: F, bound: Coefficient): F;
  /**
   * The quantile q in (0, 1] of |f|, sample by sample, interpolated linearly between the numbers of
   * rank (size - 1) q (numpy's default).
   *
   * @throws RangeError for another q
   */
  absQuantile(field: F, q: number): Float64Array | Promise<Float64Array>;
  /**
   * The levels of a Laplacian pyramid (Burt & Adelson 1983), each at full resolution: finest first,
   * the coarsest residual last. They sum to the field, up to rounding, and are new fields.
   *
   * @param levels 1 (the field itself) or more
   * @throws RangeError if the image's shape is not known, or for other levels
   */
  bands(field: F, levels: number): F[];
  /**
   * The field without its low frequencies, as a new field: its cosines of R half waves a pixel weighted
   * by sigmoid(50 (R - cutoff)) (`highPassWeights`).
   *
   * @throws RangeError if the image's shape is not known, or for a cutoff below 0 or not finite
   */
  highPass(field: F, cutoff: number): F;
  /** Standard normal noise of this run: depends on each sample's seed and on `step` only. Step -1 is the starting noise. */
  noise(step: number): F;
  /** Gives a field's memory back. A field must not be used afterwards. */
  release(field: F): void;
}

/** A batch of samples in one array, `[batch, size]`. */
export interface ArrayField {
  /** Replaced by an empty array when the field is released, so that a late use is an error. */
  data: Float32Array;
  readonly batch: number;
  /** Numbers a sample: channels × height × width. */
  readonly size: number;
}

export interface ArrayFieldAlgebra extends FieldAlgebra<ArrayField> {
  readonly batch: number;
  readonly size: number;
  /** One a sample. */
  readonly seeds: readonly number[];
  /** A field with arbitrary contents, to be filled by the caller, who owns it. */
  empty(): ArrayField;
  gram(fields: readonly ArrayField[]): Gram;
  absQuantile(field: ArrayField, q: number): Float64Array;
}

/** [channels, height, width]. */
export type ImageShape = readonly [channels: number, height: number, width: number];

const RELEASED = new Float32Array(0);

/** Enough for every sampler; the bound matters because released network outputs join the list. */
const FREE_LIST_LENGTH = 8;

/**
 * The field algebra over Float32Array: sums in float64, one rounding a result, buffers recycled.
 *
 * @param options.seeds one integer (0 … 2^32 - 1) a sample; their number is the batch
 * @param options.sampleSize numbers a sample
 * @param options.shape [channels, height, width] of a sample, which only `bands` and `highPass` need
 */
export function arrayFields(options: {
  readonly seeds: readonly number[];
  readonly sampleSize: number;
  readonly shape?: ImageShape | undefined;
}): ArrayFieldAlgebra {
  const seeds = [...options.seeds];
  const { sampleSize: size, shape } = options;
  const batch = seeds.length;
  if (batch === 0) throw new RangeError('seeds must name at least one sample, got none');
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`sampleSize must be a positive integer, got ${size}`);
  }
  if (shape && shape.reduce((product, side) => product * side) !== size) {
    throw new RangeError(`shape must hold ${size} numbers a sample, got ${shape.join(' × ')}`);
  }
  seeds.forEach(checkSeed);
  const length = batch * size;
  const free: Float32Array[] = [];

  const empty = (): ArrayField => ({ data: free.pop() ?? new Float32Array(length), batch, size });

  function check(field: ArrayField): void {
    if (field.data.length !== length) {
      const found = field.data === RELEASED ? 'a released field' : `${field.data.length} numbers`;
      throw new RangeError(`A field must hold ${batch} × ${size} numbers, got ${found}`);
    }
  }

  function checkCoefficient(coefficient: Coefficient): void {
    if (typeof coefficient !== 'number' && coefficient.length !== batch) {
      throw new RangeError(
        `A per-sample coefficient must have ${batch} entries, got ${coefficient.length}`,
      );
    }
  }

  function lincomb(terms: readonly Term<ArrayField>[]): ArrayField {
    if (terms.length === 0) throw new RangeError('lincomb needs at least one term, got none');
    let perSample = false;
    for (const [coefficient, field] of terms) {
      check(field);
      checkCoefficient(coefficient);
      if (typeof coefficient !== 'number') perSample = true;
    }
    const arrays = terms.map(([, field]) => field.data);
    const out = empty();
    // Scalars alone: the whole batch is one run of numbers.
    const parts = perSample ? batch : 1;
    const partLength = length / parts;
    const factors = terms.map(() => 0);
    for (let b = 0; b < parts; b++) {
      for (let k = 0; k < terms.length; k++) {
        const c = terms[k]![0];
        factors[k] = typeof c === 'number' ? c : c[b]!;
      }
      combine(out.data, arrays, factors, b * partLength, (b + 1) * partLength);
    }
    return out;
  }

  function gram(fields: readonly ArrayField[]): Gram {
    fields.forEach(check);
    const n = fields.length;
    const arrays = fields.map(({ data }) => data);
    const inner: Float64Array[] = [];
    const mean: Float64Array[] = [];
    // No view of each sample's part: of 10,000 small samples they take longer than the sums.
    for (let b = 0; b < batch; b++) {
      const from = b * size;
      const products = new Float64Array(n * n);
      const means = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        const f = arrays[i]!;
        means[i] = sum(f, from, from + size) / size;
        for (let j = 0; j <= i; j++) {
          const product = dot(f, arrays[j]!, from, from + size);
          products[i * n + j] = product;
          products[j * n + i] = product;
        }
      }
      inner.push(products);
      mean.push(means);
    }
    return { inner, mean, size };
  }

  function clamp(field: ArrayField, bound: Coefficient): ArrayField {
    check(field);
    checkCoefficient(bound);
    const bounds = seeds.map((_, b) => (typeof bound === 'number' ? bound : bound[b]!));
    const bad = bounds.find((value) => !(value >= 0));
    if (bad !== undefined) throw new RangeError(`clamp needs a bound of at least 0, got ${bad}`);
    const out = empty();
    bounds.forEach((most, b) => {
      for (let i = b * size; i < (b + 1) * size; i++) {
        out.data[i] = Math.max(-most, Math.min(most, field.data[i]!));
      }
    });
    return out;
  }

  function absQuantile(field: ArrayField, q: number): Float64Array {
    check(field);
    const { below, share } = rankOf(q, size);
    return Float64Array.from(seeds, (_, b) => {
      const sorted = field.data
        .subarray(b * size, (b + 1) * size)
        .map(Math.abs)
        .sort();
      return interpolated(sorted[below]!, sorted[Math.min(below + 1, size - 1)]!, share);
    });
  }

  function shapeFor(operation: string): ImageShape {
    if (shape) return shape;
    throw new RangeError(`${operation} needs the shape of the images, got fields without one`);
  }

  function bands(field: ArrayField, levels: number): ArrayField[] {
    check(field);
    const images = shapeFor('bands');
    checkLevels(levels);
    const made = Array.from({ length: levels }, empty);
    laplacianBands(
      field.data,
      images,
      made.map(({ data }) => data),
    );
    return made;
  }

  function highPass(field: ArrayField, cutoff: number): ArrayField {
    check(field);
    const images = shapeFor('highPass');
    const out = empty();
    highPassed(field.data, images, cutoff, out.data);
    return out;
  }

  function noise(step: number): ArrayField {
    const out = empty();
    seeds.forEach((seed, b) => {
      fillGaussian(out.data.subarray(b * size, (b + 1) * size), seed, step);
    });
    return out;
  }

  function release(field: ArrayField): void {
    check(field);
    if (free.length < FREE_LIST_LENGTH) free.push(field.data);
    field.data = RELEASED;
  }

  const operations = { lincomb, gram, clamp, absQuantile, bands, highPass, noise, release };
  return { batch, size, seeds, empty, ...operations };
}

/**
 * Where the quantile q of `size` numbers lies: so far from the number of rank `below` to the next.
 *
 * @throws RangeError for q outside (0, 1]
 */
export function rankOf(
  q: number,
  size: number,
): { readonly below: number; readonly share: number } {
  if (!(q > 0 && q <= 1)) throw new RangeError(`absQuantile needs q in (0, 1], got ${q}`);
  const rank = (size - 1) * q;
  const below = Math.floor(rank);
  return { below, share: rank - below };
}

export function interpolated(low: number, high: number, share: number): number {
  return low + share * (high - low);
}

/**
 * The same algebra with the noise of every step multiplied; the starting noise (step -1) is as it was.
 *
 * @param factor 0 … 1 for less noise than a stochastic sampler asks for
 * @throws RangeError for a factor that is not finite
 */
export function scaledNoise<F>(fields: FieldAlgebra<F>, factor: number): FieldAlgebra<F> {
  if (!Number.isFinite(factor)) {
    throw new RangeError(`The noise's factor must be finite, got ${factor}`);
  }
  if (factor === 1) return fields;
  return {
    lincomb: (terms) => fields.lincomb(terms),
    gram: (list) => fields.gram(list),
    clamp: (field, bound) => fields.clamp(field, bound),
    absQuantile: (field, q) => fields.absQuantile(field, q),
    bands: (field, levels) => fields.bands(field, levels),
    highPass: (field, cutoff) => fields.highPass(field, cutoff),
    release: (field) => fields.release(field),
    noise(step) {
      const noise = fields.noise(step);
      if (step < 0) return noise;
      const scaled = fields.lincomb([[factor, noise]]);
      fields.release(noise);
      return scaled;
    },
  };
}

/**
 * out[from … to) = Σ factor · array, summed in float64 and rounded once.
 *
 * Two and three terms are all that samplers and cfg use; written out they take 22 and 28 µs for
 * 16 × 784 numbers, the general loop 48 and 68 µs (Node 20).
 */
function combine(
  out: Float32Array,
  arrays: readonly Float32Array[],
  factors: readonly number[],
  from: number,
  to: number,
): void {
  if (arrays.length === 2) {
    const [a, b] = arrays as [Float32Array, Float32Array];
    const [p, q] = factors as [number, number];
    for (let i = from; i < to; i++) out[i] = p * a[i]! + q * b[i]!;
    return;
  }
  if (arrays.length === 3) {
    const [a, b, c] = arrays as [Float32Array, Float32Array, Float32Array];
    const [p, q, r] = factors as [number, number, number];
    for (let i = from; i < to; i++) {
      out[i] = p * a[i]! + q * b[i]! + r * c[i]!;
    }
    return;
  }
  for (let i = from; i < to; i++) {
    let total = 0;
    for (let k = 0; k < arrays.length; k++) {
      total += factors[k]! * arrays[k]![i]!;
    }
    out[i] = total;
  }
}

function dot(a: Float32Array, b: Float32Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += a[i]! * b[i]!;
  return total;
}

function sum(a: Float32Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += a[i]!;
  return total;
}
