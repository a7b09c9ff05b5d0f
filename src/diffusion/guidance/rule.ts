import type { EvaluationPoint } from '../denoiser';
import type { FieldAlgebra } from '../fields';
import type { NumberParameter, Parameters } from '../parameters';
import type { Sampler } from '../samplers/sampler';

/**
 * What a rule may combine, all at the same x and sigma: the network's estimate D with the class
 * label, with the null label, with a label drawn at random (`random`, anew at every step), with the
 * class label and its self-attention disturbed (`perturbed`), and that of a head in the middle of the
 * network, which comes with `cond` (`auxiliary`); D of the weak network with the class label; and
 * grad_x log p(class | x, sigma) by a larger (`classifier`) and a smaller noisy classifier.
 */
export type Prediction = 'cond' | 'uncond' | 'random' | 'perturbed' | 'auxiliary' | CompanionName;

/** The predictions of networks beside the denoiser: manifests name their companions so. */
export type CompanionName = 'weak' | 'classifier' | 'smallClassifier' | StudentName;

/** What is made of each network beside the denoiser, by the same names. */
export function eachCompanion<T, U>(
  companions: { readonly [name in CompanionName]?: T | undefined },
  make: (companion: T, name: CompanionName) => U,
): { [name in CompanionName]?: U } {
  const made: { [name in CompanionName]?: U } = {};
  for (const [name, companion] of Object.entries(companions) as [CompanionName, T | undefined][]) {
    if (companion !== undefined) made[name] = make(companion, name);
  }
  return made;
}

/** Name of a companion's output that is its prediction. */
export function outputOf(name: CompanionName): 'grad' | 'denoised' {
  return name === 'classifier' || name === 'smallClassifier' ? 'grad' : 'denoised';
}

/** Predictions of students, which take the scale as an input: guided estimates. */
export type StudentName = 'distilled' | 'fast';

export function isStudent(name: string): name is StudentName {
  return name === 'distilled' || name === 'fast';
}

/** Whether another network than the denoiser makes a prediction. */
export function isCompanion(name: Prediction): name is CompanionName {
  return name === 'weak' || name === 'classifier' || name === 'smallClassifier' || isStudent(name);
}

export type Predictions<F> = Partial<Record<Prediction, F>>;

/** Where a rule is applied. */
export interface GuidancePoint extends EvaluationPoint {
  /** Noise level of the evaluated x. */
  readonly sigma: number;
  /** The scale of this step, after interval and schedule; 1 = off. */
  readonly guidanceScale: number;
}

/**
 * A guided estimate D that is not renoised with its own eps: a first-order step goes to
 * D + sigmaDown (x - R)/sigma. Each field is new or one of the predictions.
 */
export interface Renoised<F> {
  /** D. */
  readonly denoised: F;
  /** R, the estimate whose eps is put back. */
  readonly renoise: F;
}

/** Whether a combination is a `Renoised` and not a field. */
export function isRenoised<F>(combined: F | Renoised<F>): combined is Renoised<F> {
  return typeof combined === 'object' && combined !== null && 'renoise' in combined;
}

/** A rule at work in one run. */
export interface Combine<F> {
  /**
   * The guided estimate: a new field, or one of the predictions. It releases what else it made, no
   * prediction, and not x, the noisy field that the predictions were made at. Only a rule that is
   * `firstOrderOnly` returns a `Renoised`.
   */
  (
    predictions: Predictions<F>,
    at: GuidancePoint,
    x: F,
  ): F | Renoised<F> | Promise<F | Renoised<F>>;
  /** Releases the fields that are held from step to step; called once, after the run. */
  release?(): void;
}

export interface GuidanceRule {
  readonly id: string;
  readonly label: string;
  /** arXiv number. */
  readonly paper: string;
  readonly parameters: readonly NumberParameter[];
  /** Everything that it may need, whatever its parameters: see `neededPredictions` for some of them. */
  readonly predictions: readonly Prediction[];
  /** False for the conditional and the unconditional network alone: no scale, interval or schedule. */
  readonly usesScale: boolean;
  /** What the user sets: `classifier` is classifierScale = guidanceScale - 1, 0 = off. Absent: guidanceScale. */
  readonly scaleKind?: 'classifier';
  /** It relies on sigmaDown, so it runs with first-order samplers only: see `checkSampler`. */
  readonly firstOrderOnly?: true;
  /** How its network learnt to be sampled: set with the rule, and free to be changed. */
  readonly madeFor?: {
    readonly numSteps: number;
    readonly sampler: string;
    readonly schedule: string;
  };
  /** Less common: listed after the others. */
  readonly advanced?: true;
  /** Factor of the noise that stochastic samplers add during a run; absent: 1. */
  noiseScale?(params: Parameters): number;
  /** The predictions that `combine` reads at this point; the others are not evaluated. Not empty. */
  needs(at: GuidancePoint, params: Parameters): readonly Prediction[];
  /** The combination for one run; state such as momentum lives in its closure. */
  create<F>(fields: FieldAlgebra<F>, params: Parameters): Combine<F>;
}

/** Whether a sampler can follow a rule. */
export function worksWith(
  rule: Pick<GuidanceRule, 'firstOrderOnly'>,
  sampler: Pick<Sampler, 'firstOrder'>,
): boolean {
  return !rule.firstOrderOnly || sampler.firstOrder;
}

/** @throws RangeError for a rule that the sampler cannot follow. */
export function checkSampler(
  rule: Pick<GuidanceRule, 'id' | 'firstOrderOnly'>,
  sampler: Pick<Sampler, 'id' | 'firstOrder'>,
): void {
  if (!worksWith(rule, sampler)) {
    throw new RangeError(
      `Guidance rule "${rule.id}" needs a first-order sampler, got "${sampler.id}"`,
    );
  }
}

/**
 * Whether a class in place of the null label is led away from: only where a rule works with the
 * difference of c and u. A rule that starts from u alone would lead to it.
 */
export function takesNegative({ predictions }: Pick<GuidanceRule, 'predictions'>): boolean {
  if (predictions.some(isStudent)) return false; // it learnt to lead away from no class
  return predictions.includes('cond') && predictions.includes('uncond');
}

/** A prediction that `cond` is compared with. */
export type Compared = Exclude<Prediction, 'cond' | 'classifier' | 'smallClassifier' | StudentName>;

/** What a rule leads away from; for one that leads away from no prediction, that without a class. */
export function comparedWith({ predictions }: Pick<GuidanceRule, 'predictions'>): Compared {
  for (const name of predictions) {
    if (isStudent(name)) continue;
    if (name !== 'cond' && name !== 'classifier' && name !== 'smallClassifier') return name;
  }
  return 'uncond';
}

/** Whether the label asked for reaches any prediction of the rule. */
export function takesLabel({ predictions }: Pick<GuidanceRule, 'predictions'>): boolean {
  return predictions.some((name) => name !== 'uncond');
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
