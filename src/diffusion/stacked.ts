import type { ArrayField, ArrayFieldAlgebra } from './fields';
import type { Evaluate } from './guidance/guided';
import type { Prediction, Predictions } from './guidance/rule';

/**
 * A network as the runtime evaluates it, batch by batch: a denoiser, or a noisy classifier.
 *
 * @param x `[batch, channels, height, width]` in sigma units
 * @param sigma `[batch]`
 * @param label `[batch, numClasses + 1]`, rows that sum to 1, the null label last
 * @returns denoised, of a classifier grad_x Σ_k label_k log p(k | x, sigma); as long as x
 */
export type Forward = (
  x: Float32Array,
  sigma: Float32Array,
  label: Float32Array,
) => Promise<Float32Array>;

/**
 * Evaluates everything that a rule needs of a network in one batch: x repeated, one label row below
 * the other. The weak network and the classifiers are evaluated apart, with the rows of `cond`.
 *
 * @param options.weak the weak network; without it `weak` is an error, as for the classifiers
 * @param options.labels class asked for, sample by sample; numClasses stands for the null label
 * @param options.negative class that takes the null label's place in `uncond`: guidance leads away
 * from it (a negative prompt)
 * @param options.mix every row asked for becomes (1 - share) label + share with
 * @returns an evaluation that rejects with RangeError for a prediction of another network
 * @throws RangeError for a class that does not exist or a share outside [0, 1]
 */
export function stackedEvaluate(options: {
  readonly forward: Forward;
  readonly weak?: Forward | undefined;
  readonly classifier?: Forward | undefined;
  readonly smallClassifier?: Forward | undefined;
  readonly labels: readonly number[];
  readonly numClasses: number;
  readonly negative?: number | undefined;
  readonly mix?: LabelMix | undefined;
  readonly fields: ArrayFieldAlgebra;
}): Evaluate<ArrayField> {
  const { forward, labels, numClasses, negative, fields } = options;
  if (negative !== undefined) checkLabel('negative', negative, numClasses);
  const cond = labelRows(labels, numClasses, options.mix);
  const uncond = labelRows(
    labels.map(() => negative ?? numClasses),
    numClasses,
  );

  /** What the network says of x, one field for each block of label rows. */
  async function outputs(
    network: Forward,
    { data, batch }: ArrayField,
    sigma: number,
    rows: readonly Float32Array[],
  ): Promise<ArrayField[]> {
    const sigmas = new Float32Array(rows.length * batch).fill(sigma);
    const numbers = await network(joined(rows.map(() => data)), sigmas, joined(rows));
    return rows.map((_, i) => {
      const field = fields.empty();
      field.data.set(numbers.subarray(i * data.length, (i + 1) * data.length));
      return field;
    });
  }

  return async (x, sigma, needs) => {
    const predictions: Predictions<ArrayField> = {};
    const own: Prediction[] = [];
    const rows: Float32Array[] = [];
    try {
      for (const need of needs) {
        if (need === 'cond' || need === 'uncond') {
          own.push(need);
          rows.push(need === 'cond' ? cond : uncond);
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

/** A second class in every label row: (1 - share) label + share with. */
export interface LabelMix {
  readonly with: number;
  /** Within [0, 1]. */
  readonly share: number;
}

/**
 * Label rows `[batch, numClasses + 1]` that sum to 1: one-hot, or with a second class mixed in.
 *
 * @throws RangeError for a class that does not exist or a share outside [0, 1]
 */
export function labelRows(
  labels: readonly number[],
  numClasses: number,
  mix: LabelMix = { with: numClasses, share: 0 },
): Float32Array {
  checkLabel('mix', mix.with, numClasses);
  if (!(mix.share >= 0 && mix.share <= 1)) {
    throw new RangeError(`mix: needs a share within [0, 1], got ${mix.share}`);
  }
  const width = numClasses + 1;
  const rows = new Float32Array(labels.length * width);
  labels.forEach((label, i) => {
    checkLabel('label', label, numClasses);
    rows[i * width + label]! += 1 - mix.share;
    rows[i * width + mix.with]! += mix.share;
  });
  return rows;
}

function checkLabel(name: string, label: number, numClasses: number): void {
  if (!Number.isInteger(label) || label < 0 || label > numClasses) {
    throw new RangeError(
      `${name}: needs a class 0 … ${numClasses} (the last is null), got ${label}`,
    );
  }
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
