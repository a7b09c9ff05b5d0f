import { classConditioning, type LabelMix } from '../src/diffusion/conditioning';
import { arrayFields } from '../src/diffusion/fields';
import type { Prediction } from '../src/diffusion/guidance/rule';
import { createRun, type RunSettings } from '../src/diffusion/run';
import { type Forward, stackedEvaluate } from '../src/diffusion/stacked';
import type { Manifest } from '../src/networks/manifest';
import type { NodeNetwork } from './runtime';

/** Networks beside the denoiser, by the prediction that they make. */
export type CompanionName = Exclude<Prediction, 'cond' | 'uncond'>;

export type Companions = { readonly [name in CompanionName]?: NodeNetwork<Manifest> };

/** What is drawn once: a class index, the last + 1 for the null label, and a seed. */
export interface SampleSpec {
  readonly label: number;
  readonly seed: number;
}

export interface GenerateSettings extends RunSettings {
  /** Class index in place of the null label for the unconditional estimate. */
  readonly negative?: number | undefined;
  /** A second class in every label. */
  readonly mix?: LabelMix | undefined;
  /** Those that the rule needs. */
  readonly companions?: Companions | undefined;
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
export function crossed(labels: readonly number[], seeds: readonly number[]): SampleSpec[] {
  return labels.flatMap((label) => seeds.map((seed) => ({ label, seed })));
}

/** Runs the jobs, in batches. @throws RangeError for bad settings */
export async function generate(
  network: NodeNetwork,
  jobs: readonly SampleSpec[],
  settings: GenerateSettings,
): Promise<Generated> {
  const { batch, numSteps, companions = {} } = settings;
  const started = performance.now();
  const { shape } = network.manifest;
  const sampleSize = shape.reduce((product, length) => product * length);
  const samples = new Float32Array(jobs.length * sampleSize);
  const { min: sigmaMin, max: sigmaMax } = network.manifest.sigma;
  const total = Math.ceil(jobs.length / batch) * numSteps;
  let done = 0;
  let nfe = 0;
  let flops = 0;
  for (let first = 0; first < jobs.length; first += batch) {
    const part = jobs.slice(first, first + batch);
    const fields = arrayFields({ seeds: part.map(({ seed }) => seed), sampleSize, shape });
    let operations = 0;
    const counted =
      ({ run, manifest }: NodeNetwork<Manifest>): Forward =>
      (x, sigma, conditioning) => {
        operations += (sigma.length / part.length) * (manifest.flopsPerForward ?? Number.NaN);
        return run(x, sigma, conditioning);
      };
    const { weak, classifier, smallClassifier } = companions;
    const evaluate = stackedEvaluate({
      forward: counted(network),
      weak: weak && counted(weak),
      classifier: classifier && counted(classifier),
      smallClassifier: smallClassifier && counted(smallClassifier),
      ...classConditioning({
        labels: part.map(({ label }) => label),
        negative: settings.negative,
        mix: settings.mix,
        numClasses: network.manifest.classes.length,
      }),
      fields,
    });
    const run = createRun({ settings, range: { sigmaMin, sigmaMax }, fields, evaluate });
    for await (const { step, x } of run.steps(run.start())) {
      if (step === numSteps - 1) samples.set(x.data, first * sampleSize);
      settings.onStep?.(++done, total);
    }
    nfe = run.nfe;
    flops = operations;
  }
  return { samples, nfe, flops, totalMs: performance.now() - started };
}
