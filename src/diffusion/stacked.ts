import {
  type Conditioning,
  type GuidanceConditioning,
  joined,
  stackedRows,
  withScale,
} from './conditioning';
import type { ArrayField, ArrayFieldAlgebra, FieldAlgebra } from './fields';
import type { Evaluate } from './guidance/guided';
import {
  type CompanionName,
  eachCompanion,
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

/** Answers to stacked rows, one for each of the parts that they were stacked of. */
export interface StackedAnswers<F> {
  /** Denoised, of a classifier the gradient; new fields of the caller. */
  readonly main: readonly F[];
  /** Of the head in the middle, where it was asked for. */
  readonly auxiliary?: readonly F[] | undefined;
}

/**
 * A network asked about one x as often as there are rows.
 *
 * @param rows conditioning of each part, `[batch, ...]` rows an input
 * @param withHead asks for `auxiliary` too, of networks that have it
 */
export type AskStacked<F> = (
  x: F,
  sigma: number,
  rows: readonly Conditioning[],
  withHead: boolean,
) => Promise<StackedAnswers<F>>;

/**
 * Evaluates everything that a rule needs of a network in one batch: x repeated, the rows of one
 * prediction below those of the other. The weak network, the classifiers and the students are
 * evaluated apart, with the rows of `cond`; students with the scale too.
 *
 * @param options.weak the weak network; without it `weak` is an error, as for the classifiers
 * @param options.network the denoiser
 * @param options.takesScale whether the network is itself a student: whatever is needed is its estimate
 * at the scale
 * @param options.hasHead whether it has a head in its middle
 * @returns an evaluation that rejects with RangeError for a prediction of another network, or one that
 * this network cannot make
 */
export function evaluateStacked<F>(
  options: GuidanceConditioning & {
    readonly [name in CompanionName]?: AskStacked<F> | undefined;
  } & {
    readonly network: AskStacked<F>;
    readonly takesScale?: boolean | undefined;
    readonly hasHead: boolean;
    /** One a sample. */
    readonly seeds: readonly number[];
    readonly fields: Pick<FieldAlgebra<F>, 'lincomb' | 'release'>;
  },
): Evaluate<F> {
  const { network: denoiser, takesScale, hasHead, cond, seeds, fields } = options;
  const release = (field: F) => fields.release(field);

  function rowsOf(need: OwnRows, step: number): Conditioning {
    if (need === 'cond' || need === 'uncond') return options[need];
    const rows = need === 'random' ? options.random?.(seeds, step) : options.perturbed;
    if (rows) return rows;
    const lacking = need === 'random' ? 'classes' : 'an input "perturb"';
    throw new RangeError(`The prediction "${need}" needs a network with ${lacking}`);
  }

  return async (x, sigma, needs, { step, guidanceScale }) => {
    const predictions: Predictions<F> = {};
    if (takesScale) {
      const rows = withScale(cond, guidanceScale, seeds.length);
      const [estimate] = (await denoiser(x, sigma, [rows], false)).main;
      for (const [k, need] of needs.entries()) {
        predictions[need] = k === 0 ? estimate! : fields.lincomb([[1, estimate!]]);
      }
      return predictions;
    }
    try {
      for (const need of needs) {
        if (!isCompanion(need)) continue;
        const network = options[need];
        if (!network) {
          throw new RangeError(`The prediction "${need}" needs a network that is not loaded`);
        }
        const rows = isStudent(need) ? withScale(cond, guidanceScale, seeds.length) : cond;
        const { main } = await network(x, sigma, [rows], false);
        predictions[need] = main[0]!;
      }
      const wanted = needs.filter((need) => !isCompanion(need));
      const own = [...new Set(wanted.map(rowsNeeded))];
      if (own.length === 0) return predictions;
      const rows = own.map((need) => rowsOf(need, step));
      const withHead = wanted.includes('auxiliary');
      if (withHead && !hasHead) {
        throw new RangeError(
          'The prediction "auxiliary" needs a network with a head in its middle',
        );
      }
      const { main, auxiliary } = await denoiser(x, sigma, rows, withHead);
      for (const [k, need] of own.entries()) {
        if (wanted.includes(need)) predictions[need] = main[k]!;
        else release(main[k]!);
      }
      if (withHead) {
        const part = own.indexOf('cond');
        predictions.auxiliary = auxiliary![part]!;
        for (const [k, field] of auxiliary!.entries()) if (k !== part) release(field);
      }
    } catch (error) {
      for (const field of Object.values(predictions)) release(field);
      throw error;
    }
    return predictions;
  };
}

/**
 * `evaluateStacked` over arrays.
 *
 * @param options.forwardBoth asked in place of `forward` where `auxiliary` is needed
 */
export function stackedEvaluate(
  options: GuidanceConditioning & { readonly [name in CompanionName]?: Forward | undefined } & {
    readonly forward: Forward;
    readonly forwardBoth?: ForwardBoth | undefined;
    readonly takesScale?: boolean | undefined;
    readonly fields: ArrayFieldAlgebra;
  },
): Evaluate<ArrayField> {
  const {
    forward,
    forwardBoth,
    takesScale,
    fields,
    cond,
    uncond,
    perturbed,
    random,
    ...companions
  } = options;

  /** x and the rows of some evaluations, one below the other. */
  function stacked({ data, batch }: ArrayField, sigma: number, rows: readonly Conditioning[]) {
    const sigmas = new Float32Array(rows.length * batch).fill(sigma);
    return [joined(rows.map(() => data)), sigmas, stackedRows(rows)] as const;
  }

  /** What a network says of stacked rows, in as many fields as are stacked. */
  function partsOf(numbers: Float32Array, { data }: ArrayField, count: number): ArrayField[] {
    return Array.from({ length: count }, (_, k) => {
      const field = fields.empty();
      field.data.set(numbers.subarray(k * data.length, (k + 1) * data.length));
      return field;
    });
  }

  const asking =
    (network: Forward): AskStacked<ArrayField> =>
    async (x, sigma, rows) => ({
      main: partsOf(await network(...stacked(x, sigma, rows)), x, rows.length),
    });
  const own = asking(forward);
  return evaluateStacked({
    ...eachCompanion(companions, asking),
    cond,
    uncond,
    perturbed,
    random,
    network: async (x, sigma, rows, withHead) => {
      if (!withHead) return own(x, sigma, rows, false);
      const { denoised, auxiliary } = await forwardBoth!(...stacked(x, sigma, rows));
      const count = rows.length;
      return { main: partsOf(denoised, x, count), auxiliary: partsOf(auxiliary, x, count) };
    },
    hasHead: forwardBoth !== undefined,
    takesScale,
    seeds: fields.seeds,
    fields,
  });
}

/** Predictions of the denoiser that have rows of their own. */
type OwnRows = 'cond' | 'uncond' | 'random' | 'perturbed';

/** The rows that a prediction of the denoiser is made of. */
function rowsNeeded(need: Exclude<Prediction, CompanionName>): OwnRows {
  return need === 'auxiliary' ? 'cond' : need;
}
