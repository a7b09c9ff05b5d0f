import type { Denoise, EvaluationPoint } from '../denoiser';
import type { FieldAlgebra } from '../fields';
import type { Parameters } from '../parameters';
import { checkModifiers, type GuidanceModifiers, guidanceJumped, scaleAt } from './modifiers';
import type { GuidancePoint, GuidanceRule, Prediction, Predictions } from './rule';

/** Evaluates what a rule needs at x; the fields become the caller's. The engine stacks them in one batch. */
export type Evaluate<F> = (
  x: F,
  sigma: number,
  needs: readonly Prediction[],
  at: GuidancePoint,
) => Predictions<F> | Promise<Predictions<F>>;

export interface GuidedOptions<F> {
  readonly rule: GuidanceRule;
  readonly params: Parameters;
  readonly fields: FieldAlgebra<F>;
  readonly evaluate: Evaluate<F>;
  readonly modifiers: GuidanceModifiers;
  /** The run's noise levels: interval and schedule are decided by the step. */
  readonly sigmas: ArrayLike<number>;
}

export interface GuidedDenoise<F> {
  readonly denoise: Denoise<F>;
  readonly guidanceJumped: (step: number) => boolean;
  /** Gives back what the rule keeps from step to step: call it once, after the run. */
  readonly release: () => void;
}

/**
 * A rule, with its modifiers, as the denoiser of one run: samplers never see guidance.
 *
 * Only what the rule needs at a step is evaluated, and what it does not return is released.
 *
 * @throws RangeError for bad modifiers or parameters
 */
export function guidedDenoise<F>(options: GuidedOptions<F>): GuidedDenoise<F> {
  const { rule, params, fields, evaluate, modifiers, sigmas } = options;
  checkModifiers(modifiers, sigmas.length - 1);
  const combine = rule.create(fields, params);
  let guidanceScale = 1;

  async function denoise(
    x: F,
    sigma: number,
    { step, stage, sigmaDown }: EvaluationPoint,
  ): Promise<F> {
    // Once a step, so that an entry written while the step runs does not split it.
    if (stage === 0 && rule.usesScale) guidanceScale = scaleAt(modifiers, sigmas, step);
    const at: GuidancePoint = { step, stage, sigmaDown, sigma, guidanceScale };
    const predictions = await evaluate(x, sigma, rule.needs(at, params), at);
    let result: F | undefined;
    try {
      result = await combine(predictions, at, x);
      return result;
    } finally {
      for (const field of Object.values(predictions)) {
        if (field !== result) fields.release(field);
      }
    }
  }

  return {
    denoise,
    guidanceJumped: (step) => rule.usesScale && guidanceJumped(modifiers, sigmas, step),
    release: () => combine.release?.(),
  };
}
