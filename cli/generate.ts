import { type ArrayField, arrayFields } from '../src/diffusion/fields';
import { type Evaluate, guidedDenoise } from '../src/diffusion/guidance/guided';
import type { GuidanceModifiers } from '../src/diffusion/guidance/modifiers';
import type { GuidanceRule, Prediction } from '../src/diffusion/guidance/rule';
import type { Parameters } from '../src/diffusion/parameters';
import { type Sampler, startingPoint } from '../src/diffusion/samplers/sampler';
import type { Schedule } from '../src/diffusion/schedules';
import type { NodeNetwork } from './runtime';

export interface GenerateSettings {
  /** Class indices, the last + 1 for the null label; with every seed each. */
  readonly labels: readonly number[];
  readonly seeds: readonly number[];
  readonly sampler: Sampler;
  readonly schedule: Schedule;
  readonly rule: GuidanceRule;
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
    const stacked = stackedEvaluation(
      network,
      fields.empty,
      part.map(({ label }) => label),
    );
    const { denoise, guidanceJumped } = guidedDenoise({
      rule: settings.rule,
      params: settings.params,
      modifiers: settings.modifiers,
      fields,
      sigmas,
      evaluate: stacked.evaluate,
    });
    const x = startingPoint(fields, sigmas);
    const run = sampler.sample({ fields, denoise, guidanceJumped, x, sigmas }, settings.params);
    for await (const state of run) {
      if (state.step === numSteps - 1) samples.set(state.x.data, first * sampleSize);
      settings.onStep?.(++done, total);
    }
    nfe = stacked.evaluations();
  }
  return { samples, nfe, totalMs: performance.now() - started };
}

/** Evaluates all predictions that a rule needs in one batch, x repeated for each. */
function stackedEvaluation(
  network: NodeNetwork,
  empty: () => ArrayField,
  labels: readonly number[],
): { evaluate: Evaluate<ArrayField>; evaluations: () => number } {
  const numClasses = network.manifest.classes.length;
  const nullLabels = labels.map(() => numClasses);
  const labelsOf = (need: Prediction): readonly number[] => {
    if (need === 'cond') return labels;
    if (need === 'uncond') return nullLabels;
    throw new RangeError(`The prediction "${need}" needs a second network, which is not loaded`);
  };
  let count = 0;
  const evaluate: Evaluate<ArrayField> = async (x, sigma, needs) => {
    count += needs.length;
    const length = x.data.length;
    const xs = new Float32Array(needs.length * length);
    needs.forEach((_, i) => {
      xs.set(x.data, i * length);
    });
    const rows = oneHot(needs.flatMap(labelsOf), numClasses + 1);
    const sigmas = new Float32Array(needs.length * x.batch).fill(sigma);
    const denoised = await network.run(xs, sigmas, rows);
    return Object.fromEntries(
      needs.map((need, i) => {
        const field = empty();
        field.data.set(denoised.subarray(i * length, (i + 1) * length));
        return [need, field];
      }),
    );
  };
  return { evaluate, evaluations: () => count };
}

function oneHot(labels: readonly number[], width: number): Float32Array {
  const rows = new Float32Array(labels.length * width);
  labels.forEach((label, i) => {
    rows[i * width + label] = 1;
  });
  return rows;
}
