/** One number for every sample of a batch, or one number a sample. */
export type Coefficient = number | readonly number[] | Float64Array;

/** Inner products and means of a list of n fields, sample by sample. */
export interface Gram {
  /** `inner[b][i * n + j]` = ⟨f_i, f_j⟩ of sample b, summed over channels and pixels. */
  readonly inner: readonly Float64Array[];
  /** `mean[b][i]` = mean of f_i of sample b. */
  readonly mean: readonly Float64Array[];
}

/**
 * The vector space that samplers and guidance rules are written over.
 *
 * A field `F` is a batch of images `[batch, channels, height, width]`; who made it owns it until
 * it is yielded or released. Implementations: arrays (here), GPU buffers (the engine).
 */
export interface FieldAlgebra<F> {
  /** Σ coefficient · field as a new field. */
  lincomb(terms: readonly (readonly [Coefficient, F])[]): F;
  /** Per-sample inner products and means. */
  gram(fields: readonly F[]): Gram | Promise<Gram>;
  /** Standard normal noise of this run: depends on each sample's seed and on `step` only. Step -1 is the starting noise. */
  noise(step: number): F;
  /** Gives a field's memory back. A field must not be used afterwards. */
  release(field: F): void;
}
