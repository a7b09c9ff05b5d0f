import { adaptedStart, sigmaRangeOf } from '../diffusion/adapt';
import { enlargingRun } from '../diffusion/cascade';
import {
  type GuidanceConditioning,
  type PromptStates,
  rowsFor,
  runConditioning,
  stageConditioning,
} from '../diffusion/conditioning';
import { type ArrayField, type ArrayFieldAlgebra, arrayFields } from '../diffusion/fields';
import { findGuidanceRule } from '../diffusion/guidance';
import type { Evaluate } from '../diffusion/guidance/guided';
import { type CompanionName, eachCompanion, outputOf } from '../diffusion/guidance/rule';
import { LossWatch } from '../diffusion/lost';
import { createRun, type OpenStage, type Run, runStages, together } from '../diffusion/run';
import { evaluateStacked, type Forward, stackedEvaluate } from '../diffusion/stacked';
import type { DenoiserManifest, Manifest } from '../networks/manifest';
import { askNetwork } from './gpu/ask-network';
import type { Commands } from './gpu/commands';
import { gpuFields } from './gpu/fields';
import { notedLosses, observedAsArrays } from './gpu/observed';
import { type Note, type ReadStep, readSteps } from './gpu/read-steps';
import { type InsideObserver, insideObserver } from './inside';
import { Aborted, type IsAborted, type Network } from './network';
import { crossOut, outsideOf, toBytes } from './pixels';
import type { Frame, InsideOptions, RunFigures, SampleSettings } from './protocol';
import { copyOfFrame, type StageMemory } from './stage-memory';
import type { StartMemory } from './start-memory';

export interface FinishedRun {
  readonly samples: Float32Array;
  readonly frame: Frame;
  readonly figures: RunFigures;
}

type Evaluating = Pick<Network, 'run' | 'busyMs' | 'onDevice'>;

/** A network with the names of the inputs that condition it. */
interface Companion {
  readonly network: Evaluating;
  readonly manifest: Pick<Manifest, 'conditioning'>;
}

/** A network that enlarges pictures. */
export interface Upsampler extends Companion {
  readonly manifest: DenoiserManifest;
}

/** The denoiser with its manifest, and the networks beside it that the settings need. */
export interface RunNetworks {
  readonly network: Evaluating;
  readonly companions?: { readonly [name in CompanionName]?: Companion };
  readonly manifest: DenoiserManifest;
  /** Opens those that enlarge the pictures, one for each of the settings' stages, when it is their turn. */
  readonly upsamplers?: readonly (() => Promise<Upsampler>)[];
  /** Token states of the settings' prompts, where prompts condition the networks. */
  readonly prompts?: PromptStates | undefined;
  /** Spares runs on the same noise their first evaluation. */
  readonly starts?: StartMemory | undefined;
  /** Spares runs that differ in a later stage alone the stages before it. */
  readonly stages?: StageMemory | undefined;
  /** Is called whenever a sample is lost; what it throws ends the run. */
  readonly onLost?: (() => void) | undefined;
}

/** What a run is to record of its guidance; see `insideObserver`. */
export interface InsideRecording {
  readonly inside: InsideOptions;
  readonly opinion?: ((estimates: Float32Array) => Promise<readonly number[]>) | undefined;
}

/** A stage under way. */
interface OpenedStage {
  readonly run: Pick<Run<ArrayField>, 'sigmas' | 'nfe'>;
  /** [channels, height, width]. */
  readonly shape: Frame['shape'];
}

/**
 * One run of a sampler beside the network, and of those that enlarge what it draws.
 *
 * @param onFrame takes each step's noisy picture and estimate, and what a stage has drawn that is not
 * the last; a promise is waited for
 * @param isAborted asked between network runs
 * @param recording what to put into the first stage's frames beside the pictures
 * @throws Aborted, once `isAborted` says so; RangeError for settings out of range
 */
export async function runSampler(
  networks: RunNetworks,
  settings: SampleSettings,
  onFrame: (frame: Frame) => unknown,
  isAborted: IsAborted,
  recording?: InsideRecording,
): Promise<FinishedRun> {
  const { network, companions = {}, manifest, upsamplers = [] } = networks;
  const { seeds, labels } = settings;
  if (labels.length !== seeds.length) {
    throw new RangeError(
      `labels: needs one for each of ${seeds.length} seeds, got ${labels.length}`,
    );
  }
  const started = performance.now();
  const used = [network, ...Object.values(companions).map((companion) => companion.network)];
  const before = new Map(used.map((one) => [one, one.busyMs]));
  const conditioning = runConditioning(settings, manifest, networks.prompts);
  const { shape } = manifest;
  const fields = arrayFields({ seeds, sampleSize: shape.reduce((a, b) => a * b), shape });
  const memory = recording || upsamplers.length === 0 ? undefined : networks.stages;
  const known = memory?.latest(manifest, settings);
  const watch = new LossWatch(networks.onLost, known?.lost);
  const rule = findGuidanceRule(settings.guidance);
  const inside =
    recording &&
    insideObserver({
      rule,
      fields,
      look: recording.inside,
      opinion: recording.opinion,
    });
  const opened: OpenedStage[] = [];
  let x: Uint8Array = new Uint8Array(0);
  const begun = (stage: OpenedStage & { readonly run: Run<ArrayField> }) => {
    opened.push(stage);
    const start = stage.run.start();
    x = toBytes(start.data, visible(stage.run.sigmas[0]!));
    return { run: stage.run, x: start };
  };
  /** Of what the stage before has drawn. */
  let lowShape = known?.shape ?? shape;
  const openers: OpenStage<ArrayField>[] = [
    () => {
      const evaluate = firstStage(networks, settings, conditioning, fields, isAborted);
      const range = sigmaRangeOf(manifest);
      const start = manifest.adapt && adaptedStart(manifest.adapt);
      const startFrom = start && ((sigma: number) => start(fields, sigma));
      const observers = [watch.observer(rule, settings.parameters), ...(inside ? [inside] : [])];
      const observer = together(observers);
      const run = createRun({ settings, range, fields, evaluate, observer, startFrom });
      return begun({ run, shape });
    },
    ...upsamplers.map((open, k): OpenStage<ArrayField> => {
      return async (low) => {
        const upsampler = await open();
        const stageSettings = settings.stages![k]!;
        const { shape } = upsampler.manifest;
        before.set(upsampler.network, upsampler.network.busyMs);
        const run = enlargingRun({
          forward: forwardOf(upsampler, shape, 'denoised', isAborted),
          shape,
          range: sigmaRangeOf(upsampler.manifest),
          settings: stageSettings,
          low: low ?? known!.low,
          lowShape,
          seeds,
          stage: k + 1,
          observer: watch.observer(
            findGuidanceRule(stageSettings.guidance),
            stageSettings.parameters,
            k + 1,
          ),
          conditioning: stageConditioning(settings, stageSettings, manifest, networks.prompts),
        });
        return begun({ run, shape });
      };
    }),
  ];

  /** As bytes, lost samples crossed out. */
  const picture = (data: Float32Array, shape: Frame['shape'], scale?: number) => {
    const bytes = toBytes(data, scale);
    for (const { sample } of watch.lost) crossOut(bytes, sample, shape);
    return bytes;
  };
  const seen: Frame[] = [];
  const show = async (frame: Frame) => {
    // Its buffers may be gone as soon as it is shown.
    if (memory) seen.push(copyOfFrame(frame));
    await onFrame(frame);
  };
  for (const frame of known?.frames ?? []) await show(frame);
  const first = known ? known.stage + 1 : 0;
  const nfe = () => opened.reduce((sum, { run }) => sum + run.nfe, known?.nfe ?? 0);
  let done = known?.frames.length ?? 0;
  let last: Frame | undefined;
  let samples = new Float32Array(0);
  const device = manifest.adapt ? undefined : deviceFor(used, settings);
  const waitedBefore = device?.waitedMs ?? 0;
  const steps = device
    ? deviceSteps({ networks, device, settings, conditioning, inside, watch, isAborted, opened })
    : arraySteps(openers.slice(first));
  for await (const { stage: at, step, sigma, start, ...field } of steps) {
    if (start) x = toBytes(start, visible(opened[at]!.run.sigmas[0]!));
    if (await isAborted()) throw new Aborted('The run was aborted');
    const stage = first + at;
    const { run, shape } = opened[at]!;
    const estimate = {
      denoised: picture(field.denoised, shape),
      outside: outsideOf(field.denoised),
    };
    const looked = stage === 0 ? inside?.seen() : undefined;
    await show({ step: done++, shape, sigma: run.sigmas[step]!, x, ...estimate, inside: looked });
    if (step < run.sigmas.length - 2) {
      x = picture(field.x, shape, visible(sigma));
      continue;
    }
    samples = field.x.slice();
    watch.drawn(
      { data: samples, batch: seeds.length, size: samples.length / seeds.length },
      stage,
      step,
    );
    x = picture(samples, shape);
    const outside = outsideOf(samples);
    last = { step: done++, shape, sigma: 0, x, denoised: x.slice(), outside };
    lowShape = shape;
    if (stage === upsamplers.length) continue;
    await show(last);
    const { lost } = watch;
    memory?.put(manifest, settings, stage, { samples, frames: [...seen], nfe: nfe(), lost });
  }
  const { lost } = watch;
  return {
    samples,
    frame: last!,
    figures: {
      nfe: nfe(),
      totalMs: performance.now() - started,
      networkMs:
        [...before].reduce((ms, [one, busyMs]) => ms + one.busyMs - busyMs, 0) +
        (device ? device.waitedMs - waitedBefore : 0),
      ...(lost.length > 0 && { lost }),
    },
  };
}

/** The device that all of a run can stay on: a single stage of networks that are asked there. */
function deviceFor(used: readonly Evaluating[], { stages = [] }: SampleSettings) {
  const [first] = used;
  return stages.length === 0 && used.every(({ onDevice }) => onDevice)
    ? first?.onDevice?.commands
    : undefined;
}

async function* arraySteps(stages: readonly OpenStage<ArrayField>[]): AsyncGenerator<ReadStep> {
  for await (const step of runStages(stages)) {
    yield { ...step, x: step.x.data, denoised: step.denoised.data };
  }
}

/** A run that stays on the device but for its pictures. */
async function* deviceSteps({
  networks: { network, companions = {}, manifest },
  device,
  settings,
  conditioning,
  inside,
  watch,
  isAborted,
  opened,
}: {
  readonly networks: RunNetworks;
  readonly device: Commands;
  readonly settings: SampleSettings;
  readonly conditioning: GuidanceConditioning;
  readonly inside: InsideObserver | undefined;
  readonly watch: LossWatch;
  readonly isAborted: IsAborted;
  readonly opened: OpenedStage[];
}): AsyncGenerator<ReadStep> {
  const { shape } = manifest;
  const fields = gpuFields({ commands: device, seeds: settings.seeds, shape });
  const ask = (used: Companion, output: string) =>
    askNetwork(used.network.onDevice!, used.manifest, output, fields, isAborted);
  const evaluate = evaluateStacked({
    network: ask({ network, manifest }, 'denoised'),
    hasHead: manifest.outputs?.includes('auxiliary') ?? false,
    ...eachCompanion(companions, (used, name) => ask(used, outputOf(name))),
    ...conditioning,
    seeds: settings.seeds,
    fields,
  });
  const notes: Note[] = [];
  const losses = notedLosses(watch, settings, fields, notes);
  const run = createRun({
    settings,
    range: sigmaRangeOf(manifest),
    fields,
    evaluate,
    observer: together([losses, ...(inside ? [observedAsArrays(inside, fields)] : [])]),
  });
  opened.push({ run, shape });
  const start = run.start();
  // The pictures are to be seen before a step that is changed or looked into goes on.
  const everyStep = inside !== undefined || settings.curve !== null;
  try {
    yield* readSteps(runStages([() => ({ run, x: start })]), fields, { start, everyStep, notes });
  } finally {
    fields.dispose();
  }
}

/** Evaluates the denoiser and its companions; what is known of the starting noise is not evaluated again. */
function firstStage(
  { network, companions = {}, manifest, starts }: RunNetworks,
  { seeds, labels, mix, negative, prompts }: SampleSettings,
  conditioning: GuidanceConditioning,
  fields: ArrayFieldAlgebra,
  isAborted: IsAborted,
): Evaluate<ArrayField> {
  const forward = (used: Companion, output: string) =>
    forwardOf(used, manifest.shape, output, isAborted);
  const takesScale = manifest.adapt?.scale !== undefined;
  const evaluate = stackedEvaluate({
    takesScale,
    forward: forward({ network, manifest }, 'denoised'),
    forwardBoth: async (x, sigma, rows) => {
      const outputs = await outputsOf({ network, manifest }, manifest.shape, isAborted)(
        x,
        sigma,
        rows,
      );
      return { denoised: outputs.denoised!, auxiliary: outputs.auxiliary! };
    },
    ...eachCompanion(companions, (used, name) => forward(used, outputOf(name))),
    ...conditioning,
    fields,
  });
  const nameOf = (label: number | undefined) =>
    label === undefined ? null : (prompts?.[label] ?? label);
  const about = [manifest.id, mix && [nameOf(mix.with), mix.share], nameOf(negative)];
  return (
    starts?.spared(evaluate, {
      about: JSON.stringify(about),
      takesScale,
      samples: seeds.map((seed, i) => `${seed} ${nameOf(labels[i])}`),
      fields,
    }) ?? evaluate
  );
}

function forwardOf(
  used: Companion,
  shape: Frame['shape'],
  output: string,
  isAborted: IsAborted,
): Forward {
  const outputs = outputsOf(used, shape, isAborted);
  return async (...inputs) => (await outputs(...inputs))[output]!;
}

/** All that a network answers to stacked rows. */
function outputsOf(
  { network: { run }, manifest: { conditioning: names } }: Companion,
  shape: Frame['shape'],
  isAborted: IsAborted,
): (...inputs: Parameters<Forward>) => Promise<Record<string, Float32Array>> {
  return (x, sigma, conditioning) => {
    const inputs = {
      x: { data: x, dims: shape },
      sigma: { data: sigma, dims: [] },
      ...rowsFor(conditioning, names),
    };
    return run(inputs, sigma.length, isAborted);
  };
}

/** Keeps the noise visible at every level: alpha = 1/sqrt(1 + sigma²), the variance-preserving picture. */
function visible(sigma: number): number {
  return 1 / Math.sqrt(1 + sigma ** 2);
}
