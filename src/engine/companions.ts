import { sigmaRangeOf } from '../diffusion/adapt';
import { findGuidanceRule } from '../diffusion/guidance';
import { ANY_SCALE, neededPredictions, scalesOf } from '../diffusion/guidance/needed';
import { type CompanionName, isCompanion, type Prediction } from '../diffusion/guidance/rule';
import { guidanceModifiers, runSigmas } from '../diffusion/run';
import type { DenoiserManifest } from '../networks/manifest';
import type { Model } from './loaded-networks';
import type { SampleSettings } from './protocol';

/** The predictions that a run evaluates somewhere. */
export function runPredictions(
  settings: SampleSettings,
  manifest: Pick<DenoiserManifest, 'sigma' | 'adapt'>,
): Prediction[] {
  const sigmas = runSigmas(settings, sigmaRangeOf(manifest));
  return predictionsAt(settings, scalesOf(guidanceModifiers(settings), sigmas));
}

/** Those of a run whose scale may come to be any. */
export function anyPredictions(settings: SampleSettings): Prediction[] {
  return predictionsAt(settings, ANY_SCALE);
}

function predictionsAt(settings: SampleSettings, scales: readonly number[]): Prediction[] {
  return neededPredictions(findGuidanceRule(settings.guidance), settings.parameters, scales);
}

/**
 * The networks beside the denoiser that make these predictions.
 *
 * @param open loads one by its id
 * @throws ModelError; Error for a prediction that the manifest names no network for
 */
export async function openCompanions(
  predictions: readonly Prediction[],
  { id, companions }: Pick<DenoiserManifest, 'id' | 'companions'>,
  open: (model: string) => Promise<Model>,
): Promise<Partial<Record<CompanionName, Model>>> {
  const opened: Partial<Record<CompanionName, Model>> = {};
  for (const name of new Set(predictions)) {
    if (!isCompanion(name)) continue;
    const modelId = companions?.[name];
    if (!modelId) throw new Error(`${id}: the manifest must name a companion "${name}"`);
    opened[name] = await open(modelId);
  }
  return opened;
}
