import type { ArrayField, ArrayFieldAlgebra } from './fields';
import type { Evaluate } from './guidance/guided';
import type { Prediction, Predictions } from './guidance/rule';

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
 * the other. The weak network is evaluated apart.
 *
 * @param options.weak the weak network; without it `weak` is an error
 * @param options.labels class asked for, sample by sample; numClasses stands for the null label
 * @returns an evaluation that rejects with RangeError for a prediction of another network
 * @throws RangeError for a class that does not exist
 */
export function stackedEvaluate(options: {
  readonly forward: Forward;
  readonly weak?: Forward | undefined;
  readonly labels: readonly number[];
  readonly numClasses: number;
  readonly fields: ArrayFieldAlgebra;
}): Evaluate<ArrayField> {
  const { forward, weak, labels, numClasses, fields } = options;
  const cond = labelRows(labels, numClasses);
  const uncond = labelRows(
    labels.map(() => numClasses),
    numClasses,
  );

  /** The network's estimates of x, one for each block of label rows. */
  async function estimates(
    network: Forward,
    { data, batch }: ArrayField,
    sigma: number,
    rows: readonly Float32Array[],
  ): Promise<ArrayField[]> {
    const sigmas = new Float32Array(rows.length * batch).fill(sigma);
    const denoised = await network(joined(rows.map(() => data)), sigmas, joined(rows));
    return rows.map((_, i) => {
      const field = fields.empty();
      field.data.set(denoised.subarray(i * data.length, (i + 1) * data.length));
      return field;
    });
  }

  return async (x, sigma, needs) => {
    const predictions: Predictions<ArrayField> = {};
    const own: Prediction[] = [];
    const rows: Float32Array[] = [];
    for (const need of needs) {
      if (need === 'cond' || need === 'uncond') {
        own.push(need);
        rows.push(need === 'cond' ? cond : uncond);
      } else if (need === 'weak' && weak) {
        predictions.weak = (await estimates(weak, x, sigma, [cond]))[0]!;
      } else {
        throw new RangeError(`The prediction "${need}" needs a network that is not loaded`);
      }
    }
    if (rows.length) {
      const made = await estimates(forward, x, sigma, rows);
      own.forEach((need, i) => {
        predictions[need] = made[i]!;
      });
    }
    return predictions;
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
