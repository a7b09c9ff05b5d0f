import {
  type Conditioning,
  type GuidanceConditioning,
  joined,
  stackedRows,
  withScale,
} from './conditioning';
import type { ArrayField, ArrayFieldAlgebra } from './fields';
import type { Evaluate } from './guidance/guided';
import {
  type CompanionName,
  isCompanion,
  isStudent,
  type Prediction,
  type Predictions,
} from './guidance/rule';

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

/** A denoiser with a head in its middle: its estimates are as long as x, those of one evaluation. */
export type ForwardBoth = (
  x: Float32Array,
  sigma: Float32Array,
  conditioning: Conditioning,
) => Promise<{ readonly denoised: Float32Array; readonly auxiliary: Float32Array }>;

/**
 * Evaluates everything that a rule needs of a network in one batch: x repeated, the rows of one
 * prediction below those of the other. The weak network, the classifiers and the students are
 * evaluated apart, with the rows of `cond`; students with the scale too.
 *
 * @param options.weak the weak network; without it `weak` is an error, as for the classifiers
 * @param options.takesScale whether the network is itself a student: whatever is needed is its estimate
 * at the scale
 * @param options.forwardBoth asked in place of `forward` where `auxiliary` is needed
 * @returns an evaluation that rejects with RangeError for a prediction of another network, or one that
 * this network cannot make
 */
export function stackedEvaluate(
  options: GuidanceConditioning & { readonly [name in CompanionName]?: Forward | undefined } & {
    readonly forward: Forward;
    readonly takesScale?: boolean | undefined;
    readonly forwardBoth?: ForwardBoth | undefined;
    readonly fields: ArrayFieldAlgebra;
  },
): Evaluate<ArrayField> {
  const { forward, forwardBoth, takesScale, cond, fields } = options;

  /** x and the rows of some evaluations, one below the other. */
  function stacked({ data, batch }: ArrayField, sigma: number, rows: readonly Conditioning[]) {
    const sigmas = new Float32Array(rows.length * batch).fill(sigma);
    return [joined(rows.map(() => data)), sigmas, stackedRows(rows)] as const;
  }

  /** Part k of what a network says of stacked rows. */
  function partOf(numbers: Float32Array, { data }: ArrayField, k: number): ArrayField {
    const field = fields.empty();
    field.data.set(numbers.subarray(k * data.length, (k + 1) * data.length));
    return field;
  }

  function rowsOf(need: OwnRows, step: number): Conditioning {
    if (need === 'cond' || need === 'uncond') return options[need];
    const rows = need === 'random' ? options.random?.(fields.seeds, step) : options.perturbed;
    if (rows) return rows;
    const lacking = need === 'random' ? 'classes' : 'an input "perturb"';
    throw new RangeError(`The prediction "${need}" needs a network with ${lacking}`);
  }

  return async (x, sigma, needs, { step, guidanceScale }) => {
    const predictions: Predictions<ArrayField> = {};
    if (takesScale) {
      const rows = withScale(cond, guidanceScale, x.batch);
      const estimate = await forward(...stacked(x, sigma, [rows]));
      for (const need of needs) predictions[need] = partOf(estimate, x, 0);
      return predictions;
    }
    try {
      for (const need of needs) {
        if (!isCompanion(need)) continue;
        const network = options[need];
        if (!network) {
          throw new RangeError(`The prediction "${need}" needs a network that is not loaded`);
        }
        const rows = isStudent(need) ? withScale(cond, guidanceScale, x.batch) : cond;
        predictions[need] = partOf(await network(...stacked(x, sigma, [rows])), x, 0);
      }
      const wanted = needs.filter((need) => !isCompanion(need));
      const own = [...new Set(wanted.map(rowsNeeded))];
      if (own.length === 0) return predictions;
      const inputs = stacked(
        x,
        sigma,
        own.map((need) => rowsOf(need, step)),
      );
      const withHead = wanted.includes('auxiliary');
      if (withHead && !forwardBoth) {
        throw new RangeError(
          'The prediction "auxiliary" needs a network with a head in its middle',
        );
      }
      const { denoised, auxiliary } =
        withHead && forwardBoth
          ? await forwardBoth(...inputs)
          : { denoised: await forward(...inputs), auxiliary: undefined };
      for (const need of wanted) {
        const numbers = need === 'auxiliary' ? auxiliary! : denoised;
        predictions[need] = partOf(numbers, x, own.indexOf(rowsNeeded(need)));
      }
    } catch (error) {
      for (const field of Object.values(predictions)) fields.release(field);
      throw error;
    }
    return predictions;
  };
}

/** Predictions of the denoiser that have rows of their own. */
type OwnRows = 'cond' | 'uncond' | 'random' | 'perturbed';

/** The rows that a prediction of the denoiser is made of. */
function rowsNeeded(need: Exclude<Prediction, CompanionName>): OwnRows {
  return need === 'auxiliary' ? 'cond' : need;
}
