import { classConditioning, rowsFor } from '../diffusion/conditioning';
import { arrayFields } from '../diffusion/fields';
import { findGuidanceRule } from '../diffusion/guidance';
import type { Prediction } from '../diffusion/guidance/rule';
import { lostSamples } from '../diffusion/metrics/verdicts';
import { createRun, runStages } from '../diffusion/run';
import { type Forward, stackedEvaluate } from '../diffusion/stacked';
import type { DenoiserManifest, Manifest } from '../networks/manifest';
import { insideObserver } from './inside';
import { Aborted, type IsAborted, type Network } from './network';
import { outsideOf, toBytes } from './pixels';
import type { Frame, InsideOptions, RunFigures, SampleSettings } from './protocol';
import type { StartMemory } from './start-memory';

export interface FinishedRun {
  readonly samples: Float32Array;
  readonly frame: Frame;
  readonly figures: RunFigures;
}

type Evaluating = Pick<Network, 'run' | 'busyMs'>;

/** Networks beside the denoiser, by the prediction that they make. */
export type CompanionName = Exclude<Prediction, 'cond' | 'uncond'>;

/** A network with the names of the inputs that condition it. */
interface Companion {
  readonly network: Evaluating;
  readonly manifest: Pick<Manifest, 'conditioning'>;
}

/** The denoiser with its manifest, and those of its companions that the rule needs. */
export interface RunNetworks {
  readonly network: Evaluating;
  readonly companions?: { readonly [name in CompanionName]?: Companion };
  readonly manifest: DenoiserManifest;
  /** Spares runs on the same noise their first evaluation. */
  readonly starts?: StartMemory | undefined;
}

/** What a run is to record of its guidance; see `insideObserver`. */
export interface InsideRecording {
  readonly inside: InsideOptions;
  readonly opinion?: ((estimates: Float32Array) => Promise<readonly number[]>) | undefined;
}

/**
 * One run of a sampler beside the network.
 *
 * @param onFrame takes each step's noisy picture and estimate; a promise is waited for
 * @param isAborted asked between network runs
 * @param recording what to put into the frames beside the pictures
 * @throws Aborted, once `isAborted` says so; RangeError for settings out of range
 */
export async function runSampler(
  { network, companions = {}, manifest, starts }: RunNetworks,
  settings: SampleSettings,
  onFrame: (frame: Frame) => unknown,
  isAborted: IsAborted,
  recording?: InsideRecording,
): Promise<FinishedRun> {
  const { seeds, labels, mix, negative, numSteps } = settings;
  if (labels.length !== seeds.length) {
    throw new RangeError(
      `labels: needs one for each of ${seeds.length} seeds, got ${labels.length}`,
    );
  }
  const started = performance.now();
  const sampleSize = manifest.shape.reduce((a, b) => a * b);
  const fields = arrayFields({ seeds, sampleSize, shape: manifest.shape });
  const forwardOf =
    ({ network: { run }, manifest: { conditioning: names } }: Companion, output: string): Forward =>
    async (x, sigma, conditioning) => {
      const inputs = {
        x: { data: x, dims: manifest.shape },
        sigma: { data: sigma, dims: [] },
        ...rowsFor(conditioning, names),
      };
      const outputs = await run(inputs, sigma.length, isAborted);
      return outputs[output]!;
    };
  const stacked = stackedEvaluate({
    forward: forwardOf({ network, manifest }, 'denoised'),
    weak: companions.weak && forwardOf(companions.weak, 'denoised'),
    classifier: companions.classifier && forwardOf(companions.classifier, 'grad'),
    smallClassifier: companions.smallClassifier && forwardOf(companions.smallClassifier, 'grad'),
    ...classConditioning({ labels, mix, negative, numClasses: manifest.classes.length }),
    fields,
  });
  const evaluate =
    starts?.spared(stacked, {
      about: JSON.stringify([manifest.id, mix, negative]),
      samples: seeds.map((seed, i) => `${seed} ${labels[i]}`),
      fields,
    }) ?? stacked;
  const observer =
    recording &&
    insideObserver({
      rule: findGuidanceRule(settings.guidance),
      fields,
      look: recording.inside,
      opinion: recording.opinion,
    });
  const range = { sigmaMin: manifest.sigma.min, sigmaMax: manifest.sigma.max };
  const run = createRun({ settings, range, fields, evaluate, observer });
  const { sigmas } = run;
  const busyMs = () =>
    Object.values(companions).reduce((ms, used) => ms + used.network.busyMs, network.busyMs);
  const busyBefore = busyMs();
  const start = run.start();
  let x = toBytes(start.data, visible(sigmas[0]!));
  let samples = new Float32Array(0);
  for await (const { step, sigma, ...field } of runStages([() => ({ run, x: start })])) {
    if (await isAborted()) throw new Aborted('The run was aborted');
    const { data } = field.denoised;
    const estimate = { denoised: toBytes(data), outside: outsideOf(data) };
    await onFrame({ step, sigma: sigmas[step]!, x, ...estimate, inside: observer?.seen() });
    x = toBytes(field.x.data, visible(sigma));
    if (step === numSteps - 1) samples = field.x.data.slice();
  }
  const lost = lostSamples(samples, seeds.length);
  return {
    samples,
    frame: { step: numSteps, sigma: 0, x, denoised: x.slice(), outside: outsideOf(samples) },
    figures: {
      nfe: run.nfe,
      totalMs: performance.now() - started,
      networkMs: busyMs() - busyBefore,
      ...(lost.length > 0 && { lost }),
    },
  };
}

/** Keeps the noise visible at every level: alpha = 1/sqrt(1 + sigma²), the variance-preserving picture. */
function visible(sigma: number): number {
  return 1 / Math.sqrt(1 + sigma ** 2);
}
