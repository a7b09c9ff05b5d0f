import { type Conditioning, type GuidanceConditioning, joined, stackedRows } from './conditioning';
import type { ArrayField, ArrayFieldAlgebra } from './fields';
import type { Evaluate } from './guidance/guided';
import type { Prediction, Predictions } from './guidance/rule';

/**
 * A network as the runtime evaluates it, batch by batch: a denoiser, or a noisy classifier.
 *
 * @param x `[batch, channels, height, width]` in sigma units
 * @param sigma `[batch]`
 * @param conditioning the other inputs, `[batch, ...]` each
 * @returns denoised, of a classifier grad_x Σ_k label_k log p(k | x, sigma); as long as x
 */
export type Forward = (
  x: Float32Array,
  sigma: Float32Array,
  conditioning: Conditioning,
) => Promise<Float32Array>;

/**
 * Evaluates everything that a rule needs of a network in one batch: x repeated, the rows of one
 * prediction below those of the other. The weak network and the classifiers are evaluated apart,
 * with the rows of `cond`.
 *
 * @param options.weak the weak network; without it `weak` is an error, as for the classifiers
 * @returns an evaluation that rejects with RangeError for a prediction of another network
 */
export function stackedEvaluate(
  options: GuidanceConditioning & {
    readonly forward: Forward;
    readonly weak?: Forward | undefined;
    readonly classifier?: Forward | undefined;
    readonly smallClassifier?: Forward | undefined;
    readonly fields: ArrayFieldAlgebra;
  },
): Evaluate<ArrayField> {
  const { forward, cond, fields } = options;

  /** What the network says of x, one field for each block of rows. */
  async function outputs(
    network: Forward,
    { data, batch }: ArrayField,
    sigma: number,
    rows: readonly Conditioning[],
  ): Promise<ArrayField[]> {
    const sigmas = new Float32Array(rows.length * batch).fill(sigma);
    const numbers = await network(joined(rows.map(() => data)), sigmas, stackedRows(rows));
    return rows.map((_, i) => {
      const field = fields.empty();
      field.data.set(numbers.subarray(i * data.length, (i + 1) * data.length));
      return field;
    });
  }

  return async (x, sigma, needs) => {
    const predictions: Predictions<ArrayField> = {};
    const own: Prediction[] = [];
    const rows: Conditioning[] = [];
    try {
      for (const need of needs) {
        if (need === 'cond' || need === 'uncond') {
          own.push(need);
          rows.push(options[need]);
          continue;
        }
        const network = options[need];
        if (!network) {
          throw new RangeError(`The prediction "${need}" needs a network that is not loaded`);
        }
        predictions[need] = (await outputs(network, x, sigma, [cond]))[0]!;
      }
      if (rows.length) {
        const made = await outputs(forward, x, sigma, rows);
        own.forEach((need, i) => {
          predictions[need] = made[i]!;
        });
      }
    } catch (error) {
      for (const field of Object.values(predictions)) fields.release(field);
      throw error;
    }
    return predictions;
  };
}
