import { adaptedStart, sigmaRangeOf } from '../src/diffusion/adapt';
import { enlargingRun, type StageSettings } from '../src/diffusion/cascade';
import {
  type LabelMix,
  type PromptStates,
  runConditioning,
  stageConditioning,
} from '../src/diffusion/conditioning';
import { type ArrayField, arrayFields } from '../src/diffusion/fields';
import { findGuidanceRule } from '../src/diffusion/guidance';
import { type CompanionName, eachCompanion } from '../src/diffusion/guidance/rule';
import { LossWatch, type LostSample } from '../src/diffusion/lost';
import {
  createRun,
  type OpenStage,
  type Run,
  type RunSettings,
  runStages,
} from '../src/diffusion/run';
import { type Forward, stackedEvaluate } from '../src/diffusion/stacked';
import type { Manifest } from '../src/networks/manifest';
import type { NodeNetwork } from './runtime';

export type Companions = { readonly [name in CompanionName]?: NodeNetwork<Manifest> };

/** What is drawn once: a class index, the last + 1 for the null label, and a seed. */
export interface SampleSpec {
  readonly label: number;
  readonly seed: number;
}

/** A stage that enlarges the pictures, and how it is sampled. */
export interface DrawnStage {
  readonly network: NodeNetwork;
  readonly settings: StageSettings;
}

export interface GenerateSettings extends RunSettings {
  /** Class index in place of the null label for the unconditional estimate. */
  readonly negative?: number | undefined;
  /** A second class in every label. */
  readonly mix?: LabelMix | undefined;
  /** Those that the rule needs. */
  readonly companions?: Companions | undefined;
  /** Token states of the prompts that labels are indices of, of a network that takes prompts. */
  readonly prompts?: PromptStates | undefined;
  /** The stages that enlarge the pictures, in their order. */
  readonly enlarging?: readonly DrawnStage[] | undefined;
  /** Samples that run together. */
  readonly batch: number;
  readonly onStep?: ((done: number, total: number) => void) | undefined;
}

/** Samples and what they cost. */
export interface Generated {
  /** [jobs, channels, height, width] */
  readonly samples: Float32Array;
  /** [channels, height, width]: of the last stage. */
  readonly shape: Manifest['shape'];
  /** Network evaluations a sample; conditional and unconditional count one each. */
  readonly nfe: number;
  /** Floating-point operations a sample, in all networks; NaN where a manifest does not tell. */
  readonly flops: number;
  readonly totalMs: number;
  /** Jobs, by their places, whose numbers are none of a picture any more; all of theirs are NaN. */
  readonly lost: readonly LostSample[];
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
  const { batch, companions = {}, enlarging: stages = [], prompts } = settings;
  const started = performance.now();
  const { manifest } = network;
  const { shape } = stages.at(-1)?.network.manifest ?? manifest;
  const samples = new Float32Array(jobs.length * sizeOf(shape));
  const steps = [settings, ...stages.map((stage) => stage.settings)].map((s) => s.numSteps);
  const total = Math.ceil(jobs.length / batch) * steps.reduce((a, b) => a + b);
  let done = 0;
  let nfe = 0;
  let flops = 0;
  const lost: LostSample[] = [];
  for (let first = 0; first < jobs.length; first += batch) {
    const part = jobs.slice(first, first + batch);
    const seeds = part.map(({ seed }) => seed);
    let operations = 0;
    const counted =
      ({ run, manifest }: NodeNetwork<Manifest>): Forward =>
      (x, sigma, conditioning) => {
        operations += (sigma.length / part.length) * (manifest.flopsPerForward ?? Number.NaN);
        return run(x, sigma, conditioning);
      };
    const fields = arrayFields({
      seeds,
      sampleSize: sizeOf(manifest.shape),
      shape: manifest.shape,
    });
    const labels = part.map(({ label }) => label);
    const asked = { labels, negative: settings.negative, mix: settings.mix };
    const evaluate = stackedEvaluate({
      takesScale: manifest.adapt?.scale !== undefined,
      forward: counted(network),
      forwardBoth: (x, sigma, conditioning) => {
        operations += (sigma.length / part.length) * (manifest.flopsPerForward ?? Number.NaN);
        return network.runBoth(x, sigma, conditioning);
      },
      ...eachCompanion(companions, counted),
      ...runConditioning(asked, manifest, prompts),
      fields,
    });
    const start = manifest.adapt && adaptedStart(manifest.adapt);
    const startFrom = start && ((sigma: number) => start(fields, sigma));
    const range = sigmaRangeOf(manifest);
    const watch = new LossWatch();
    const watched = (run: RunSettings, stage: number) =>
      watch.observer(findGuidanceRule(run.guidance), run.parameters, stage);
    const observer = watched(settings, 0);
    const runs = [createRun({ settings, range, fields, evaluate, startFrom, observer })];
    const begun = (run: Run<ArrayField>) => ({ run, x: run.start() });
    const openers: OpenStage<ArrayField>[] = [
      () => begun(runs[0]!),
      ...stages.map((stage, k): OpenStage<ArrayField> => {
        const about = stage.network.manifest;
        return (low) => {
          const run = enlargingRun({
            forward: counted(stage.network),
            shape: about.shape,
            range: sigmaRangeOf(about),
            settings: stage.settings,
            low: low!,
            lowShape: stages[k - 1]?.network.manifest.shape ?? manifest.shape,
            seeds,
            stage: k + 1,
            observer: watched(stage.settings, k + 1),
            conditioning: stageConditioning(asked, stage.settings, manifest, prompts),
          });
          runs.push(run);
          return begun(run);
        };
      }),
    ];
    for await (const { stage, step, x } of runStages(openers)) {
      const isLast = stage === stages.length && step === steps[stage]! - 1;
      if (isLast) {
        const drawn = samples.subarray(
          first * sizeOf(shape),
          (first + part.length) * sizeOf(shape),
        );
        drawn.set(x.data);
        watch.drawn({ ...x, data: drawn }, stage, step);
      }
      settings.onStep?.(++done, total);
    }
    nfe = runs.reduce((sum, run) => sum + run.nfe, 0);
    flops = operations;
    lost.push(...watch.lost.map((one) => ({ ...one, sample: first + one.sample })));
  }
  return { samples, shape, nfe, flops, lost, totalMs: performance.now() - started };
}

function sizeOf(shape: Manifest['shape']): number {
  return shape.reduce((product, length) => product * length);
}
