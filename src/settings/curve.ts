import { sigmaRangeOf } from '../diffusion/adapt';
import { scaleAt } from '../diffusion/guidance/modifiers';
import { guidanceModifiers, runSigmas } from '../diffusion/run';
import type { DenoiserManifest } from '../networks/manifest';
import { type ColumnSettings, LIMITS } from './column';

/** What a column's guidance does over its steps. */
export interface Course {
  /** Noise level that each step starts from. */
  readonly sigmas: readonly number[];
  /** The scale of each step as its shape or curve says, whatever the interval. */
  readonly scales: readonly number[];
  /** The scale that each step has: 1 outside the interval. */
  readonly effective: readonly number[];
  /** Whether each step is inside the interval. */
  readonly guided: readonly boolean[];
}

/** The scales of a column's steps under the model's range of noise levels. */
export function courseOf(
  column: ColumnSettings,
  model: Pick<DenoiserManifest, 'sigma' | 'adapt'>,
): Course {
  const sigmas = runSigmas(column, sigmaRangeOf(model));
  const modifiers = guidanceModifiers(column);
  const everywhere = { ...modifiers, interval: undefined };
  const inside = { interval: modifiers.interval };
  const steps = Array.from({ length: column.numSteps }, (_, step) => step);
  return {
    sigmas: steps.map((step) => sigmas[step]!),
    scales: steps.map((step) => scaleAt(everywhere, sigmas, step)),
    effective: steps.map((step) => scaleAt(modifiers, sigmas, step)),
    guided: steps.map((step) => scaleAt({ ...inside, guidanceScale: 2 }, sigmas, step) === 2),
  };
}

/** A scale as a curve keeps it: in range, and with the digits that the address has. */
export function curveScale(scale: number): number {
  const { min, max } = LIMITS.guidanceScale;
  return Number(Math.min(max, Math.max(min, scale)).toFixed(4));
}

/** The same mean guidance at every step. */
export function flattened(scales: readonly number[]): number[] {
  const mean = scales.reduce((sum, scale) => sum + scale, 0) / scales.length;
  return scales.map(() => curveScale(mean));
}

/**
 * Scales with a stroke drawn over them: a line from one (step, scale) to another, each of its steps
 * set to the line's height there.
 */
export function stroked(
  scales: readonly number[],
  [fromStep, fromScale]: readonly [number, number],
  [toStep, toScale]: readonly [number, number],
): number[] {
  const span = toStep - fromStep;
  return scales.map((scale, step) => {
    const share = span === 0 ? 1 : (step - fromStep) / span;
    if (span === 0 ? step !== toStep : share < 0 || share > 1) return scale;
    return curveScale(fromScale + share * (toScale - fromScale));
  });
}
