import { arrayFields, scaledNoise } from '../src/diffusion/fields';
import { guidedDenoise } from '../src/diffusion/guidance/guided';
import type { GuidanceModifiers } from '../src/diffusion/guidance/modifiers';
import { checkSampler, type GuidanceRule, type Prediction } from '../src/diffusion/guidance/rule';
import type { Parameters } from '../src/diffusion/parameters';
import { type Sampler, startingPoint } from '../src/diffusion/samplers/sampler';
import type { Schedule } from '../src/diffusion/schedules';
import { type Forward, type LabelMix, stackedEvaluate } from '../src/diffusion/stacked';
import type { Manifest } from '../src/networks/manifest';
import type { NodeNetwork } from './runtime';

/** Networks beside the denoiser, by the prediction that they make. */
export type CompanionName = Exclude<Prediction, 'cond' | 'uncond'>;

export type Companions = { readonly [name in CompanionName]?: NodeNetwork<Manifest> };

/** What is drawn once: a class index, the last + 1 for the null label, and a seed. */
export interface Job {
  readonly label: number;
  readonly seed: number;
}

export interface GenerateSettings {
  /** Class index in place of the null label for the unconditional estimate. */
  readonly negative?: number | undefined;
  /** A second class in every label. */
  readonly mix?: LabelMix | undefined;
  readonly sampler: Sampler;
  readonly schedule: Schedule;
  readonly rule: GuidanceRule;
  /** Those that the rule needs. */
  readonly companions?: Companions | undefined;
  readonly numSteps: number;
  readonly modifiers: GuidanceModifiers;
  readonly params: Parameters;
  /** Samples that run together. */
  readonly batch: number;
  readonly onStep?: ((done: number, total: number) => void) | undefined;
}

/** Samples and what they cost. */
export interface Generated {
  /** [jobs, channels, height, width] */
  readonly samples: Float32Array;
  /** Network evaluations a sample; conditional and unconditional count one each. */
  readonly nfe: number;
  /** Floating-point operations a sample, in all networks; NaN where a manifest does not tell. */
  readonly flops: number;
  readonly totalMs: number;
}

/** Every label with every seed, label by label. */
export function crossed(labels: readonly number[], seeds: readonly number[]): Job[] {
  return labels.flatMap((label) => seeds.map((seed) => ({ label, seed })));
}

/** Runs the jobs, in batches. @throws RangeError for bad settings */
export async function generate(
  network: NodeNetwork,
  jobs: readonly Job[],
  settings: GenerateSettings,
): Promise<Generated> {
  const { batch, numSteps, sampler, rule, companions = {} } = settings;
  checkSampler(rule, sampler);
  const started = performance.now();
  const { shape } = network.manifest;
  const sampleSize = shape.reduce((product, length) => product * length);
  const samples = new Float32Array(jobs.length * sampleSize);
  const { min: sigmaMin, max: sigmaMax } = network.manifest.sigma;
  const sigmas = settings.schedule.sigmas(numSteps, { sigmaMin, sigmaMax }, settings.params);
  const total = Math.ceil(jobs.length / batch) * numSteps;
  let done = 0;
  let nfe = 0;
  let flops = 0;
  for (let first = 0; first < jobs.length; first += batch) {
    const part = jobs.slice(first, first + batch);
    const fields = arrayFields({ seeds: part.map(({ seed }) => seed), sampleSize, shape });
    let evaluations = 0;
    let operations = 0;
    const counted =
      ({ run, manifest }: NodeNetwork<Manifest>): Forward =>
      (x, sigma, label) => {
        evaluations += sigma.length / part.length;
        operations += (sigma.length / part.length) * (manifest.flopsPerForward ?? Number.NaN);
        return run(x, sigma, label);
      };
    const { weak, classifier, smallClassifier } = companions;
    const { denoise, guidanceJumped, release } = guidedDenoise({
      rule,
      params: settings.params,
      modifiers: settings.modifiers,
      fields,
      sigmas,
      evaluate: stackedEvaluate({
        forward: counted(network),
        weak: weak && counted(weak),
        classifier: classifier && counted(classifier),
        smallClassifier: smallClassifier && counted(smallClassifier),
        labels: part.map(({ label }) => label),
        negative: settings.negative,
        mix: settings.mix,
        numClasses: network.manifest.classes.length,
        fields,
      }),
    });
    const x = startingPoint(fields, sigmas);
    const noisy = scaledNoise(fields, rule.noiseScale?.(settings.params) ?? 1);
    const run = sampler.sample(
      { fields: noisy, denoise, guidanceJumped, x, sigmas },
      settings.params,
    );
    for await (const state of run) {
      if (state.step === numSteps - 1) samples.set(state.x.data, first * sampleSize);
      settings.onStep?.(++done, total);
    }
    release();
    nfe = evaluations;
    flops = operations;
  }
  return { samples, nfe, flops, totalMs: performance.now() - started };
}
