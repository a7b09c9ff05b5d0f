import type { EvaluationPoint } from '../denoiser';
import type { FieldAlgebra } from '../fields';
import type { NumberParameter, Parameters } from '../parameters';

/**
 * What a rule may combine, all at the same x and sigma: the network's estimate D with the class
 * label, with the null label, of the weak network with the class label; and, for `classifier`,
 * grad_x log p(class | x, sigma).
 */
export type Prediction = 'cond' | 'uncond' | 'weak' | 'classifier';

export type Predictions<F> = Partial<Record<Prediction, F>>;

/** Where a rule is applied. */
export interface GuidancePoint extends EvaluationPoint {
  /** Noise level of the evaluated x. */
  readonly sigma: number;
  /** The scale of this step, after interval and schedule; 1 = off. */
  readonly guidanceScale: number;
}

/** A rule at work in one run. */
export interface Combine<F> {
  /**
   * The guided estimate: a new field, or one of the predictions. It releases what else it made, no
   * prediction, and not x, the noisy field that the predictions were made at.
   */
  (predictions: Predictions<F>, at: GuidancePoint, x: F): F | Promise<F>;
  /** Gives back what is kept from step to step; called once, after the run. */
  release?(): void;
}

export interface GuidanceRule {
  readonly id: string;
  readonly label: string;
  /** arXiv number. */
  readonly paper: string;
  readonly parameters: readonly NumberParameter[];
  /** Everything that it may need: a model without one of these networks does not offer the rule. */
  readonly predictions: readonly Prediction[];
  /** False for the conditional and the unconditional network alone: no scale, interval or schedule. */
  readonly usesScale: boolean;
  /** The predictions that `combine` reads at this point; the others are not evaluated. Not empty. */
  needs(at: GuidancePoint, params: Parameters): readonly Prediction[];
  /** The combination for one run; state such as momentum lives in its closure. */
  create<F>(fields: FieldAlgebra<F>, params: Parameters): Combine<F>;
}

/** The named prediction. @throws Error if it was not evaluated. */
export function prediction<F>(predictions: Predictions<F>, name: Prediction): F {
  const field = predictions[name];
  if (field === undefined) {
    const given = Object.keys(predictions).join(', ') || 'none';
    throw new Error(`The rule needs the prediction "${name}", got ${given}`);
  }
  return field;
}
