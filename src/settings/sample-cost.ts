import { findGuidanceRule } from '../diffusion/guidance';
import { findSampler } from '../diffusion/samplers';
import type { DenoiserManifest } from '../networks/manifest';
import type { ColumnSettings } from './column';
import { stageSettings } from './sample-settings';

/**
 * What a sample costs in all stages, about, in multiply-adds (in evaluations, of a network that does not
 * tell its own): what the time left of a sweep is estimated from.
 */
export function sampleCost(
  column: ColumnSettings,
  { flopsPerForward = 1, stages = [] }: Pick<DenoiserManifest, 'flopsPerForward' | 'stages'>,
): number {
  const guided = column.curve !== null || column.guidanceScale !== 1;
  const rule = findGuidanceRule(column.guidance);
  const predictions = rule.usesScale && !guided ? 1 : Math.min(2, rule.predictions.length);
  const first = findSampler(column.sampler).evaluations(column.numSteps) * predictions;
  return stageSettings(column, stages).reduce(
    (sum, { sampler, numSteps, guidanceScale }, k) =>
      sum +
      findSampler(sampler).evaluations(numSteps) *
        (guidanceScale === 1 ? 1 : 2) *
        stages[k]!.flopsPerForward,
    first * flopsPerForward,
  );
}
