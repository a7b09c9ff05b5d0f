import { findGuidanceRule } from '../diffusion/guidance';
import { neededPredictions } from '../diffusion/guidance/needed';
import { findSampler } from '../diffusion/samplers';
import type { ColumnSettings } from './column';

/** A setting that does not do what it seems to. */
export type Warning =
  | 'few-heun-steps'
  | 'few-multistep-steps'
  | 'few-third-order-steps'
  | 'idle-negative';

/** Steps of which a higher order has nothing to go by. */
const FEW_STEPS = 2;
/** Of fewer, DPM-Solver++ 3M extrapolates over too wide gaps; of three at most it never does. */
const THIRD_ORDER_STEPS = 10;

/** What of a column's settings does not do what it seems to. */
export function warningsOf(column: ColumnSettings): Warning[] {
  const { numSteps, sampler, guidance, negative, curve, guidanceScale, parameters } = column;
  const warnings: Warning[] = [];
  const { id, firstOrder } = findSampler(sampler);
  if (!firstOrder && numSteps <= FEW_STEPS) {
    if (id !== 'heun') warnings.push('few-multistep-steps');
    // One step goes to 0, which has no correction.
    else if (numSteps === FEW_STEPS) warnings.push('few-heun-steps');
  }
  if (id === 'dpmpp-3m' && numSteps > 3 && numSteps < THIRD_ORDER_STEPS) {
    warnings.push('few-third-order-steps');
  }
  const scales = curve ?? [guidanceScale];
  const needed = neededPredictions(findGuidanceRule(guidance), parameters, scales);
  if (negative !== null && !needed.includes('uncond')) warnings.push('idle-negative');
  return warnings;
}
