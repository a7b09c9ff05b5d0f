import type { Denoise, EvaluationPoint } from '../denoiser';
import type { FieldAlgebra } from '../fields';
import type { Parameters } from '../parameters';
import { checkModifiers, type GuidanceModifiers, guidanceJumped, scaleAt } from './modifiers';
import {
  type GuidancePoint,
  type GuidanceRule,
  isRenoised,
  type Prediction,
  type Predictions,
} from './rule';
import { thresholded } from './threshold';

/** Evaluates what a rule needs at x; the fields become the caller's. The engine stacks them in one batch. */
export type Evaluate<F> = (
  x: F,
  sigma: number,
  needs: readonly Prediction[],
  at: GuidancePoint,
) => Predictions<F> | Promise<Predictions<F>>;

/** One evaluation with its guidance. All fields are lent: they are released or passed on afterwards. */
export interface SeenEvaluation<F> {
  /** What the rule needed, and what was also asked for. */
  readonly predictions: Predictions<F>;
  /** The guided estimate as it is shown, after the threshold. */
  readonly guided: F;
  /** The noisy field that was evaluated. */
  readonly x: F;
  readonly at: GuidancePoint;
}

export interface GuidedOptions<F> {
  readonly rule: GuidanceRule;
  readonly params: Parameters;
  readonly fields: FieldAlgebra<F>;
  readonly evaluate: Evaluate<F>;
  readonly modifiers: GuidanceModifiers;
  /** The run's noise levels: interval and schedule are decided by the step. */
  readonly sigmas: ArrayLike<number>;
  /** Evaluated at every point beside what the rule needs, for `observe`. */
  readonly alsoNeeded?: readonly Prediction[] | undefined;
  /** Looks on at every evaluation; the run waits for it, and fails with it. */
  readonly observe?: ((seen: SeenEvaluation<F>) => void | Promise<void>) | undefined;
}

export interface GuidedDenoise<F> {
  readonly denoise: Denoise<F>;
  readonly guidanceJumped: (step: number) => boolean;
  /**
   * What to show as the estimate of the step just evaluated, given the field that `denoise` returned:
   * that field, or the estimate that a renoising rule derived it from. Lent until the next
   * evaluation or `release`.
   */
  readonly shown: (denoised: F) => F;
  /** Gives back what is estimate from step to step: call it once, after the run. */
  readonly release: () => void;
}

/**
 * A rule, with its modifiers, as the denoiser of one run: samplers never see guidance.
 *
 * Only what the rule needs at a step is evaluated, and what is not returned is released. Where a
 * rule renoises its estimate D with the eps of another, R, what is returned makes a first-order
 * step do so, (D - r R)/(1 - r) with r = sigmaDown/sigma, and D is held to be shown.
 *
 * @throws RangeError for bad modifiers or parameters
 */
export function guidedDenoise<F>(options: GuidedOptions<F>): GuidedDenoise<F> {
  const { rule, params, fields, evaluate, modifiers, sigmas, alsoNeeded = [], observe } = options;
  checkModifiers(modifiers, sigmas.length - 1);
  const { threshold } = modifiers;
  const combine = rule.create(fields, params);
  let guidanceScale = 1;
  /** D of the latest evaluation, where another field was returned. */
  let estimate: F | undefined;

  const replaceEstimate = (field: F | undefined) => {
    if (estimate !== undefined) fields.release(estimate);
    estimate = field;
  };

  async function denoise(
    x: F,
    sigma: number,
    { step, stage, sigmaDown }: EvaluationPoint,
  ): Promise<F> {
    replaceEstimate(undefined);
    // Once a step, so that an entry written while the step runs does not split it.
    if (stage === 0 && rule.usesScale) guidanceScale = scaleAt(modifiers, sigmas, step);
    const at: GuidancePoint = { step, stage, sigmaDown, sigma, guidanceScale };
    const needs = [...new Set([...rule.needs(at, params), ...alsoNeeded])];
    const predictions = await evaluate(x, sigma, needs, at);
    const made = new Set<F>(Object.values(predictions));
    try {
      const combined = await combine(predictions, at, x);
      const { denoised, renoise } = isRenoised(combined)
        ? combined
        : { denoised: combined, renoise: undefined };
      made.add(denoised);
      if (renoise !== undefined) made.add(renoise);
      const guided = threshold ? await thresholded(fields, threshold, denoised) : denoised;
      made.add(guided);
      await observe?.({ predictions, guided, x, at });
      // A step to 0 puts nothing back.
      const returned =
        renoise === undefined || sigmaDown === 0
          ? guided
          : effectiveEstimate(fields, guided, renoise, sigmaDown / sigma);
      made.delete(guided);
      if (returned !== guided) replaceEstimate(guided);
      return returned;
    } finally {
      for (const field of made) fields.release(field);
    }
  }

  return {
    denoise,
    guidanceJumped: (step) => rule.usesScale && guidanceJumped(modifiers, sigmas, step),
    shown: (denoised) => estimate ?? denoised,
    release() {
      replaceEstimate(undefined);
      combine.release?.();
    },
  };
}

/** D~ = (D - r R)/(1 - r): r x + (1 - r) D~ = D + r (x - R), a step that puts back the eps of R. */
function effectiveEstimate<F>(fields: FieldAlgebra<F>, denoised: F, renoise: F, r: number): F {
  if (!(r < 1)) throw new RangeError(`Renoising needs sigmaDown / sigma below 1, got ${r}`);
  return fields.lincomb([
    [1 / (1 - r), denoised],
    [-r / (1 - r), renoise],
  ]);
}
