import type { FieldAlgebra } from '../fields';
import { type NumberParameter, type Parameters, parameterValue } from '../parameters';
import { type Combine, type GuidanceRule, prediction } from './rule';

/** π of 2506.06085. */
export const feedbackShare: NumberParameter = {
  id: 'feedbackShare',
  label: 'π: share of the class in what the network learnt',
  min: 0.05,
  max: 0.99,
  step: 0.01,
  default: 0.5,
};
const temperature: NumberParameter = {
  id: 'feedbackTemperature',
  label: 'τ: weight of what a step tells of the class',
  min: 0,
  max: 1,
  step: 0.01,
  default: 1,
};
const offset: NumberParameter = {
  id: 'feedbackOffset',
  label: 'δ: added to the log posterior at every step',
  min: -1,
  max: 0,
  step: 0.01,
  default: 0,
};

/** Most that the log posterior ratio comes to, as in the paper's code: there the scale is all but 1. */
const MOST = 3;

/** What is left of the step before. */
interface Before<F> {
  readonly sigma: number;
  /** c - u. */
  readonly difference: F;
  /** ⟨x, c - u⟩ and ‖c‖² - ‖u‖², sample by sample. */
  readonly along: readonly number[];
  readonly squares: readonly number[];
}

/**
 * Feedback guidance: u + λ (c - u) with λ = r/(r - (1 - π)) for every sample, r its estimate of
 * p(x | class)/p(x) (2506.06085, algorithm 1): as if the network had learnt π p(x | class) +
 * (1 - π) p(x), of which λ gives p(x | class) back. λ is limited to [1, s].
 *
 * ln r begins at 0 and adds, step by step, τ (ln N(x'; μ_c, v) - ln N(x'; μ_u, v)) + δ: how much better
 * the step that was taken fits c than u, with DDPM's μ = q² x + (1 - q²) D and v = (1 - q²) sigma'²,
 * q = sigma'/sigma. With τ = 1, δ = 0 and DDPM's noise that is exact in the limit of small steps; of
 * other samplers, and of steps that are not small, it is an estimate. What is sure of its class is
 * guided less. Both evaluations of a step have the same λ.
 */
export const feedback: GuidanceRule = {
  id: 'feedback',
  label: 'Feedback guidance',
  paper: '2506.06085',
  parameters: [feedbackShare, temperature, offset],
  predictions: ['cond', 'uncond'],
  usesScale: true,
  needs: ({ guidanceScale }) => (guidanceScale > 1 ? ['cond', 'uncond'] : ['cond']),
  create<F>(fields: FieldAlgebra<F>, params: Parameters) {
    const rest = 1 - parameterValue(feedbackShare, params);
    const tau = parameterValue(temperature, params);
    const delta = parameterValue(offset, params);
    let logRatios: readonly number[] = [];
    let before: Before<F> | undefined;

    const forget = () => {
      if (before !== undefined) fields.release(before.difference);
      before = undefined;
    };

    /** ln r after the step from the noise level before to x. */
    async function updated(x: F, sigma: number, least: number): Promise<readonly number[]> {
      if (before === undefined || sigma >= before.sigma) return logRatios;
      const { difference, along, squares } = before;
      const { inner } = await fields.gram([x, difference]);
      const kept = (sigma / before.sigma) ** 2;
      const variance = (1 - kept) * sigma ** 2;
      return inner.map((products, b) => {
        const moved = products[1]! - kept * along[b]!; // ⟨x' - q² x, c - u⟩
        const apart = (1 - kept) ** 2 * squares[b]! - 2 * (1 - kept) * moved;
        const log = (logRatios[b] ?? 0) - (tau * apart) / (2 * variance) + delta;
        return Math.min(MOST, Math.max(least, log));
      });
    }

    const combine: Combine<F> = async (predictions, { guidanceScale: s, sigma, stage }, x) => {
      const c = prediction(predictions, 'cond');
      if (s <= 1) {
        forget();
        return c;
      }
      const u = prediction(predictions, 'uncond');
      // Where λ is s.
      const least = Math.log((rest * s) / (s - 1));
      if (stage === 0) {
        logRatios = await updated(x, sigma, least);
        forget();
        const difference = fields.lincomb([
          [1, c],
          [-1, u],
        ]);
        const { inner } = await fields.gram([x, c, u]);
        before = {
          sigma,
          difference,
          along: inner.map((products) => products[1]! - products[2]!),
          squares: inner.map((products) => products[4]! - products[8]!),
        };
        if (logRatios.length === 0) logRatios = inner.map(() => 0);
      }
      const scales = logRatios.map((log) => {
        const ratio = Math.exp(Math.max(least, log));
        return ratio / (ratio - rest);
      });
      return fields.lincomb([
        [scales, c],
        [scales.map((scale) => 1 - scale), u],
      ]);
    };
    combine.release = forget;
    return combine;
  },
};
