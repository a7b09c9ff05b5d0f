import type { ArrayField, ArrayFieldAlgebra } from './fields';
import type { Evaluate } from './guidance/guided';
import type { Prediction } from './guidance/rule';

/**
 * A network as the runtime evaluates it, batch by batch.
 *
 * @param x `[batch, channels, height, width]` in sigma units
 * @param sigma `[batch]`
 * @param label `[batch, numClasses + 1]`, rows that sum to 1, the null label last
 * @returns denoised, as long as x
 */
export type Forward = (
  x: Float32Array,
  sigma: Float32Array,
  label: Float32Array,
) => Promise<Float32Array>;

/**
 * Evaluates everything that a rule needs of a network in one batch: x repeated, one label row below
 * the other.
 *
 * @param options.labels class asked for, sample by sample; numClasses stands for the null label
 * @returns an evaluation that rejects with RangeError for a prediction of another network
 * @throws RangeError for a class that does not exist
 */
export function stackedEvaluate(options: {
  readonly forward: Forward;
  readonly labels: readonly number[];
  readonly numClasses: number;
  readonly fields: ArrayFieldAlgebra;
}): Evaluate<ArrayField> {
  const { forward, labels, numClasses, fields } = options;
  const rows: Partial<Record<Prediction, Float32Array>> = {
    cond: labelRows(labels, numClasses),
    uncond: labelRows(
      labels.map(() => numClasses),
      numClasses,
    ),
  };
  return async (x, sigma, needs) => {
    const label = needs.map((need) => {
      const found = rows[need];
      if (found) return found;
      throw new RangeError(`The prediction "${need}" needs a second network, which is not loaded`);
    });
    const xs = needs.map(() => x.data);
    const sigmas = new Float32Array(needs.length * x.batch).fill(sigma);
    const denoised = await forward(joined(xs), sigmas, joined(label));
    const length = x.data.length;
    return Object.fromEntries(
      needs.map((need, i) => {
        const field = fields.empty();
        field.data.set(denoised.subarray(i * length, (i + 1) * length));
        return [need, field];
      }),
    );
  };
}

/** One-hot label rows `[batch, numClasses + 1]`. @throws RangeError for a class that does not exist */
export function labelRows(labels: readonly number[], numClasses: number): Float32Array {
  const rows = new Float32Array(labels.length * (numClasses + 1));
  labels.forEach((label, i) => {
    if (!Number.isInteger(label) || label < 0 || label > numClasses) {
      throw new RangeError(
        `label: needs a class 0 … ${numClasses} (the last is null), got ${label}`,
      );
    }
    rows[i * (numClasses + 1) + label] = 1;
  });
  return rows;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const out = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
