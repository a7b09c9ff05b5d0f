import type { FieldAlgebra } from '../fields';
import { type NumberParameter, parameterValue } from '../parameters';

/** What is done to the guided estimate x̂0 when it leaves the data's range [-1, 1]; percentile within [50, 100]. */
export type Threshold =
  | { readonly kind: 'static' }
  | { readonly kind: 'dynamic'; readonly percentile: number };

export const thresholdPercentile: NumberParameter = {
  id: 'percentile',
  label: 'Percentile of |x̂0| that is brought to 1',
  min: 50,
  max: 100,
  step: 0.1,
  default: 99.5,
};

/** @throws RangeError for an unknown kind or a percentile out of range. */
export function checkThreshold(threshold: Threshold): void {
  switch (threshold.kind) {
    case 'static':
      return;
    case 'dynamic':
      parameterValue(thresholdPercentile, { percentile: threshold.percentile });
      return;
    default: {
      const { kind } = threshold satisfies never as { kind: unknown };
      throw new RangeError(`The threshold must be static or dynamic, got "${kind}"`);
    }
  }
}

/**
 * The estimate with its numbers brought back to [-1, 1], as a new field (Imagen, 2205.11487, section 2.3).
 *
 * Static: clamped. Dynamic: t = max(1, percentile of |x̂0|) of each sample, clamped to ±t and
 * divided by t, so that a large scale does not push all pixels against the bounds. A sample whose
 * numbers are not finite stays lost, and the others of its batch are as they would be without it.
 */
export async function thresholded<F>(
  fields: FieldAlgebra<F>,
  threshold: Threshold,
  denoised: F,
): Promise<F> {
  if (threshold.kind === 'static') return fields.clamp(denoised, 1);
  const quantiles = await fields.absQuantile(denoised, threshold.percentile / 100);
  const isLost = (quantile: number) => !Number.isFinite(quantile);
  const bounds = Array.from(quantiles, (quantile) =>
    isLost(quantile) ? 1 : Math.max(1, quantile),
  );
  const clamped = fields.clamp(denoised, bounds);
  const factors = bounds.map((t, b) => (isLost(quantiles[b]!) ? Number.NaN : 1 / t));
  const scaled = fields.lincomb([[factors, clamped]]);
  fields.release(clamped);
  return scaled;
}
