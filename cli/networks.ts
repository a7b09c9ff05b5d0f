import { findGuidanceRule } from '../src/diffusion/guidance';
import { neededPredictions } from '../src/diffusion/guidance/needed';
import {
  type CompanionName,
  isCompanion,
  outputOf,
  type Prediction,
} from '../src/diffusion/guidance/rule';
import type { RunSettings } from '../src/diffusion/run';
import { ModelError } from '../src/networks/errors';
import type { Manifest } from '../src/networks/manifest';
import { canMake, canPredict, takesScale } from '../src/settings/column';
import { ArgumentError } from './flags';
import { localModels } from './models';
import { type NodeNetwork, openClassifier, openNetwork } from './runtime';

/** Ids of the networks beside the model, by the prediction that they make. */
export type CompanionIds = { readonly [name in CompanionName]?: string };

/** What is being opened for --model. @throws ArgumentError for an unknown model */
export async function forGivenModel<T>(model: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof ModelError && error.kind === 'unknown-model') {
      const known = localModels().join(', ') || 'none';
      throw new ArgumentError(`--model must be one of ${known}, got "${model}"`);
    }
    throw error;
  }
}

/** What a network must have to make a prediction itself. */
const WITH: Readonly<Record<Exclude<Prediction, CompanionName>, string>> = {
  cond: 'a network with classes or prompts',
  uncond: 'a network with a null class',
  random: 'a network with two or more classes',
  perturbed: 'a network with an input "perturb"',
  auxiliary: 'a network with an output "auxiliary"',
};

/** The networks that a run's rule may need beside the model. @throws ArgumentError if the model lacks one */
export function companionsOf(
  { guidance, parameters }: Pick<RunSettings, 'guidance' | 'parameters'>,
  manifest: Manifest,
) {
  const { id: model, companions } = manifest;
  const ids: { [name in CompanionName]?: string } = {};
  const rule = findGuidanceRule(guidance);
  if (takesScale(manifest)) {
    if (canPredict(rule, manifest, parameters)) return ids;
    throw new ArgumentError(
      `--guidance must be "distilled" with ${model}, which takes the scale as an input, got "${guidance}"`,
    );
  }
  for (const name of neededPredictions(rule, parameters)) {
    if (!isCompanion(name)) {
      if (canMake(manifest, name)) continue;
      throw new ArgumentError(`--guidance ${guidance} needs ${WITH[name]}, ${model} has none`);
    }
    const id = companions?.[name];
    if (id === undefined) {
      const kind = {
        weak: 'weak network',
        classifier: 'classifier',
        smallClassifier: 'smaller classifier',
        distilled: 'student of any number of steps',
        fast: 'student of few steps',
      }[name];
      throw new ArgumentError(`--guidance ${guidance} needs a ${kind}, ${model} has none`);
    }
    ids[name] = id;
  }
  return ids;
}

export async function openCompanions(
  ids: CompanionIds,
  threads: number,
): Promise<{ [name in CompanionName]?: NodeNetwork<Manifest> }> {
  const opened: { [name in CompanionName]?: NodeNetwork<Manifest> } = {};
  for (const [name, id] of Object.entries(ids) as [CompanionName, string][]) {
    const open = outputOf(name) === 'denoised' ? openNetwork : openClassifier;
    opened[name] = await open(id, { threads });
  }
  return opened;
}
