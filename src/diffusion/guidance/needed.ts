import type { Parameters } from '../parameters';
import { type GuidanceModifiers, scaleAt } from './modifiers';
import type { GuidanceRule, Prediction } from './rule';

/** Stands for every scale that a run may come to: rules tell apart off, unconditional and the rest. */
export const ANY_SCALE: readonly number[] = [0, 1, 2];

/** The scale of each step, each once. @param sigmas numSteps + 1 noise levels */
export function scalesOf(modifiers: GuidanceModifiers, sigmas: ArrayLike<number>): number[] {
  const steps = Array.from({ length: sigmas.length - 1 }, (_, step) => step);
  return [...new Set(steps.map((step) => scaleAt(modifiers, sigmas, step)))];
}

/** Network evaluations a sample that predictions take: `auxiliary` comes with `cond`. */
export function evaluationsFor(predictions: readonly Prediction[]): number {
  return new Set(predictions.map((name) => (name === 'auxiliary' ? 'cond' : name))).size;
}

/** The predictions that a run of a rule evaluates somewhere: the networks of others need not be there. */
export function neededPredictions(
  rule: Pick<GuidanceRule, 'needs'>,
  params: Parameters,
  scales: readonly number[] = ANY_SCALE,
): Prediction[] {
  const at = { step: 0, stage: 0, sigma: 1, sigmaDown: 0 };
  return [
    ...new Set(scales.flatMap((guidanceScale) => rule.needs({ ...at, guidanceScale }, params))),
  ];
}
