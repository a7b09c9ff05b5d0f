import { arrayFields } from '../src/diffusion/fields';
import { guidedDenoise } from '../src/diffusion/guidance/guided';
import type { GuidanceModifiers } from '../src/diffusion/guidance/modifiers';
import type { GuidanceRule } from '../src/diffusion/guidance/rule';
import type { Parameters } from '../src/diffusion/parameters';
import { type Sampler, startingPoint } from '../src/diffusion/samplers/sampler';
import type { Schedule } from '../src/diffusion/schedules';
import { type Forward, stackedEvaluate } from '../src/diffusion/stacked';
import type { NodeNetwork } from './runtime';

export interface GenerateSettings {
  /** Class indices, the last + 1 for the null label; with every seed each. */
  readonly labels: readonly number[];
  readonly seeds: readonly number[];
  readonly sampler: Sampler;
  readonly schedule: Schedule;
  readonly rule: GuidanceRule;
  /** The weak network, for rules that need it. */
  readonly weak?: NodeNetwork | undefined;
  readonly numSteps: number;
  readonly modifiers: GuidanceModifiers;
  readonly params: Parameters;
  /** Samples that run together. */
  readonly batch: number;
  readonly onStep?: ((done: number, total: number) => void) | undefined;
}

/** Samples [labels × seeds, channels, height, width], label-major, and what they cost. */
export interface Generated {
  readonly samples: Float32Array;
  /** Network evaluations a sample; conditional and unconditional count one each. */
  readonly nfe: number;
  readonly totalMs: number;
}

/** Runs every label with every seed, in batches. @throws RangeError for bad settings */
export async function generate(
  network: NodeNetwork,
  settings: GenerateSettings,
): Promise<Generated> {
  const { labels, seeds, batch, numSteps, sampler } = settings;
  const started = performance.now();
  const jobs = labels.flatMap((label) => seeds.map((seed) => ({ label, seed })));
  const sampleSize = network.manifest.shape.reduce((product, length) => product * length);
  const samples = new Float32Array(jobs.length * sampleSize);
  const { min: sigmaMin, max: sigmaMax } = network.manifest.sigma;
  const sigmas = settings.schedule.sigmas(numSteps, { sigmaMin, sigmaMax }, settings.params);
  const total = Math.ceil(jobs.length / batch) * numSteps;
  let done = 0;
  let nfe = 0;
  for (let first = 0; first < jobs.length; first += batch) {
    const part = jobs.slice(first, first + batch);
    const fields = arrayFields({ seeds: part.map(({ seed }) => seed), sampleSize });
    let evaluations = 0;
    const counted =
      ({ run }: NodeNetwork): Forward =>
      (x, sigma, label) => {
        evaluations += sigma.length / part.length;
        return run(x, sigma, label);
      };
    const { denoise, guidanceJumped, release } = guidedDenoise({
      rule: settings.rule,
      params: settings.params,
      modifiers: settings.modifiers,
      fields,
      sigmas,
      evaluate: stackedEvaluate({
        forward: counted(network),
        weak: settings.weak && counted(settings.weak),
        labels: part.map(({ label }) => label),
        numClasses: network.manifest.classes.length,
        fields,
      }),
    });
    const x = startingPoint(fields, sigmas);
    const run = sampler.sample({ fields, denoise, guidanceJumped, x, sigmas }, settings.params);
    for await (const state of run) {
      if (state.step === numSteps - 1) samples.set(state.x.data, first * sampleSize);
      settings.onStep?.(++done, total);
    }
    release();
    nfe = evaluations;
  }
  return { samples, nfe, totalMs: performance.now() - started };
}
