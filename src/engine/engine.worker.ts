import { findGuidanceRule } from '../diffusion/guidance';
import { ANY_SCALE, neededPredictions, scalesOf } from '../diffusion/guidance/needed';
import type { Prediction } from '../diffusion/guidance/rule';
import { guidanceModifiers, runSigmas } from '../diffusion/run';
import { type DownloadProgress, loadModel, loadModelIndex, ModelError } from '../networks/download';
import { messageOf } from '../networks/errors';
import type { DenoiserManifest, FeaturesManifest, Manifest } from '../networks/manifest';
import type { ReadModelFile } from '../networks/sources';
import { batchWithinLimits } from './batches';
import { buffersOf } from './inside';
import { judge, measure, opinionOf } from './judge';
import { type LimitedNetwork, type Network, type SmallerBatch, Stopped } from './network';
import { openDenoiser, type Terms, type Wanted } from './opening';
import type {
  BackendChoice,
  BackendInfo,
  Ending,
  EngineEvent,
  Frame,
  LoadProgress,
  OwnFiles,
  Request,
  SampleSettings,
} from './protocol';
import { type CompanionName, type RunNetworks, runSampler } from './run';
import { type Loss, openRuntime, openWasm, type Runtime } from './session';
import { Steering } from './steering';

type LoadRequest = Extract<Request, { type: 'load' }>;
type SampleRequest = Extract<Request, { type: 'sample' }>;

/** Each message costs the page a repaint, which takes the network's time where cores are few. */
const FRAMES_EVERY_MS = 60;
const BREATH_EVERY_MS = 16;

interface Model<M extends Manifest> {
  readonly manifest: M;
  readonly network: Network;
}

interface Denoiser extends Model<DenoiserManifest> {
  readonly network: LimitedNetwork;
  readonly terms: Terms;
}

/** A request being answered. */
class Job {
  readonly id: number;
  readonly type: 'load' | 'sample';
  /** Of a run that is steered. */
  steering: Steering | undefined;
  readonly #abort = new AbortController();

  constructor({ id, type }: LoadRequest | SampleRequest) {
    this.id = id;
    this.type = type;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /**
   * Whether the request was superseded, after letting in the messages that say so: a run on wasm
   * never leaves the microtasks. Not before each of a quick network's runs.
   */
  readonly stopped = async (): Promise<boolean> => {
    if (performance.now() - lastBreath >= BREATH_EVERY_MS) {
      await messagesIn();
      lastBreath = performance.now();
    }
    return this.#abort.signal.aborted;
  };

  stop(): void {
    this.#abort.abort(new Stopped('The request was superseded'));
  }
}

const LOSS_TOLD_WITHIN_MS = 200;

let runtime: Runtime | undefined;
let denoiser: Denoiser | undefined;
/** How the denoiser was asked for: the others follow it. */
let wanted: Wanted | undefined;
let classifier: Model<FeaturesManifest> | undefined;

/** Other networks by their ids; each is loaded when a run first needs it. */
const others = new Map<string, Model<Manifest>>();
let baseUrl = '';
let lastBreath = 0;

let running: Job | undefined;
let waiting: LoadRequest | SampleRequest | undefined;

self.onmessage = ({ data }: MessageEvent<Request>) => {
  switch (data.type) {
    case 'load':
    case 'sample':
      // The newest request wins: what runs is stopped, what waited is cancelled, nothing queues up.
      // But a sample waits for its model.
      if (data.type === 'load' || running?.type === 'sample') running?.stop();
      if (waiting) post({ type: 'cancelled', id: waiting.id });
      waiting = data;
      if (!running) void answerWaiting();
      break;
    case 'steer':
      if (running?.id === data.id) running.steering?.to(data.guidanceScale);
      break;
    case 'cancel':
      if (running?.id === data.id) running.stop();
      if (waiting?.id === data.id) {
        post({ type: 'cancelled', id: data.id });
        waiting = undefined;
      }
      break;
    default:
      data satisfies never;
  }
};

async function answerWaiting(): Promise<void> {
  while (waiting) {
    const request = waiting;
    waiting = undefined;
    running = new Job(request);
    const ending = await answer(request, running);
    if (ending) post(ending, buffersIn(ending));
    running = undefined;
  }
}

/** What an ending hands over instead of copying it. */
function buffersIn(ending: Ending): Transferable[] {
  if (ending.type !== 'done' || !ending.measured) return [];
  const { logits, features } = ending.measured;
  return [...new Set([logits.buffer, features.buffer])];
}

/** undefined: the device was lost. */
async function answer(request: LoadRequest | SampleRequest, job: Job): Promise<Ending | undefined> {
  const { id } = request;
  try {
    return request.type === 'load' ? await load(request, job) : await sample(request, job);
  } catch (error) {
    if (job.signal.aborted) return { type: 'cancelled', id };
    // The client repeats what a lost device interrupted: it ends in the worker that comes next.
    if (await deviceLost()) return undefined;
    return {
      type: 'failed',
      id,
      kind: error instanceof ModelError ? error.kind : 'engine',
      message: messageOf(error),
    };
  }
}

/** A lost device fails its runs a moment before it tells that it is lost. */
async function deviceLost(): Promise<Loss | undefined> {
  if (runtime?.info.backend !== 'webgpu') return undefined;
  const moment = new Promise<undefined>((resolve) => setTimeout(resolve, LOSS_TOLD_WITHIN_MS));
  return Promise.race([runtime.lost, moment]);
}

async function load(request: LoadRequest, job: Job): Promise<Ending> {
  const { id, backend } = request;
  baseUrl = request.baseUrl;
  const report = (progress: LoadProgress) => post({ type: 'progress', id, progress });
  const fetchModel = (model: string, own?: OwnFiles) =>
    loadModel(model, {
      baseUrl,
      ...(own && { read: ownReader(own), cache: null }),
      signal: job.signal,
      onProgress: (progress) => report({ phase: 'download', ...progress }),
    });

  const modelId =
    request.modelId || (await loadModelIndex({ baseUrl, signal: job.signal })).default;
  const main = await fetchModel(modelId, request.own);
  const { manifest } = main;
  if (manifest.role !== 'denoiser' && manifest.role !== 'weak') {
    throw new Error(`${modelId}: needs a denoising network, its manifest says "${manifest.role}"`);
  }
  const judgeId = manifest.companions?.features;
  const companion = judgeId === undefined ? undefined : await fetchModel(judgeId);
  const judgeManifest = companion?.manifest;
  if (judgeManifest && judgeManifest.role !== 'features') {
    throw new Error(
      `${judgeId}: needs a feature network, its manifest says "${judgeManifest.role}"`,
    );
  }

  report({ phase: 'prepare' });
  await denoiser?.network.release();
  await classifier?.network.release();
  for (const { network } of others.values()) await network.release();
  others.clear();
  runtime ??= await open(backend);
  const { precision = 'auto', maxBatch, lostAt, rows } = request;
  wanted = { precision, maxBatch, lostAt, rows, onSmallerBatch };
  const openModels = async (on: Runtime, wanted: Wanted): Promise<Denoiser> => {
    denoiser = undefined;
    denoiser = { manifest, ...(await openDenoiser(on, manifest, graphOf(main), wanted)) };
    classifier = companion &&
      judgeManifest && {
        manifest: judgeManifest,
        network: openCompanion(on, judgeManifest, graphOf(companion)),
      };
    return denoiser;
  };

  report({ phase: 'warm-up' });
  let opened: Denoiser;
  try {
    opened = await openModels(runtime, wanted);
  } catch (error) {
    if (runtime.info.backend === 'wasm') throw error;
    // Lost with several rows: the worker that comes next begins with fewer.
    if (((await deviceLost())?.batch ?? 0) > 1) throw error;
    // The adapter promised what it does not keep.
    const detail = messageOf(error);
    runtime = await openWasm({ reason: 'trial-failed', detail });
    opened = await openModels(runtime, wanted);
  }
  if (job.signal.aborted) throw new Stopped('The load was superseded');
  const warnings = [...main.warnings, ...(companion?.warnings ?? [])];
  return { type: 'ready', id, manifest, info: { ...runtime.info, ...opened.terms }, warnings };
}

/** A batch did not work, and a smaller one does. */
function onSmallerBatch({ maxBatch, detail }: SmallerBatch): void {
  if (!runtime || !denoiser) return; // Being opened: the answer to the load will say so.
  denoiser.network.limit(maxBatch);
  const info: BackendInfo = {
    ...runtime.info,
    ...denoiser.terms,
    maxBatch: denoiser.network.maxBatch,
    batchWhy: { reason: 'memory', detail },
  };
  post({ type: 'smaller-batch', info });
}

/**
 * A network beside the denoiser, in float32 and in no larger batches: figures are made of what it
 * says, or it is a gradient that guidance multiplies by sigma².
 */
function openCompanion(on: Runtime, manifest: Manifest, graph: Uint8Array): LimitedNetwork {
  const within = on.limits ? batchWithinLimits(on.limits, manifest) : Number.POSITIVE_INFINITY;
  const maxBatch = Math.min(within, denoiser?.network.maxBatch ?? 1);
  return on.open(graph, { maxBatch, onSmallerBatch });
}

async function open(backend: BackendChoice): Promise<Runtime> {
  const opened = await openRuntime(backend);
  void opened.lost.then((loss) => {
    // A device given up for wasm does not matter any more.
    if (runtime === opened) post({ type: 'device-lost', ...loss });
  });
  return opened;
}

async function sample(request: SampleRequest, job: Job): Promise<Ending> {
  const { id, settings, stepMs, inside } = request;
  const judging = classifier;
  if (!denoiser) throw new Error('sample: needs a loaded model, none is');
  const steering =
    stepMs === undefined
      ? undefined
      : new Steering(settings.numSteps, settings.guidanceScale, stepMs);
  job.steering = steering;
  const { manifest, network } = await denoiserFor(request, denoiser, job);
  const waitingFrames: Frame[] = [];
  let lastPost = Number.NEGATIVE_INFINITY;
  const postFrames = () => {
    const frames = waitingFrames.splice(0);
    if (frames.length === 0) return;
    const buffers = frames.flatMap(({ x, denoised, outside, inside }) => [
      x.buffer,
      denoised.buffer,
      outside.buffer,
      ...(inside ? buffersOf(inside) : []),
    ]);
    const scales = steering && frames.map(({ step }) => steering.scales[step]!);
    post({ type: 'steps', id, frames, scales }, buffers);
    lastPost = performance.now();
  };
  const networks = {
    manifest,
    network,
    companions: await companionsFor(request, manifest, job),
  };
  steering?.begin();
  const { samples, frame, figures } = await runSampler(
    networks,
    steering?.settings(settings) ?? settings,
    (step) => {
      if (request.measure) return undefined;
      waitingFrames.push(step);
      if (performance.now() - lastPost >= FRAMES_EVERY_MS) postFrames();
      return steering?.stepDone(step.step, job.signal);
    },
    job.stopped,
    inside && {
      inside,
      opinion:
        judging &&
        ((estimates) =>
          opinionOf(judging.network, judging.manifest, estimates, settings.labels, job.stopped)),
    },
  );
  postFrames();
  const measured =
    request.measure && judging
      ? await measure(
          judging.network,
          judging.manifest,
          samples,
          settings.labels.length,
          job.stopped,
        )
      : undefined;
  const verdicts =
    request.judge && !request.measure && judging
      ? await judge(
          judging.network,
          judging.manifest,
          samples,
          settings.labels,
          job.stopped,
          mixedClass(settings),
        )
      : undefined;
  const steered = steering && {
    // Not what it waited for the visitor.
    figures: { ...figures, totalMs: figures.totalMs - steering.waitedMs },
    scales: [...steering.scales],
  };
  return { type: 'done', id, samples, frame, figures, verdicts, ...steered, measured };
}

/** The class mixed into the label, if any of it is. */
function mixedClass({ mix }: SampleSettings): number | undefined {
  return mix && mix.share > 0 ? mix.with : undefined;
}

/** The denoiser that a run is asked for: the loaded one, or another of its shape and classes. @throws ModelError */
async function denoiserFor(
  request: SampleRequest,
  loaded: Model<DenoiserManifest>,
  job: Job,
): Promise<Model<DenoiserManifest>> {
  const wanted = request.denoiser;
  if (wanted === undefined || wanted === loaded.manifest.id) return loaded;
  const { manifest, network } = await other(wanted, request, job);
  if (manifest.role !== 'denoiser' && manifest.role !== 'weak') {
    throw new Error(`${wanted}: needs a denoising network, its manifest says "${manifest.role}"`);
  }
  const like = ({ shape, classes }: Manifest) => `[${shape}], ${classes.join(' ')}`;
  if (like(manifest) !== like(loaded.manifest)) {
    const { manifest: own } = loaded;
    throw new Error(
      `${wanted}: needs shape and classes of ${own.id}, ${like(own)}; got ${like(manifest)}`,
    );
  }
  return { manifest, network };
}

/** The companions that the run evaluates, and the gradient that is looked at, loaded where it is the first. @throws ModelError */
async function companionsFor(
  request: SampleRequest,
  { id, companions, sigma }: DenoiserManifest,
  job: Job,
): Promise<NonNullable<RunNetworks['companions']>> {
  const wanted: Partial<Record<CompanionName, Model<Manifest>>> = {};
  const { settings } = request;
  const sigmas = runSigmas(settings, { sigmaMin: sigma.min, sigmaMax: sigma.max });
  const scales = job.steering ? ANY_SCALE : scalesOf(guidanceModifiers(settings), sigmas);
  const rule = findGuidanceRule(settings.guidance);
  const predictions = neededPredictions(rule, settings.parameters, scales);
  const looked: readonly Prediction[] = request.inside?.gradient ? ['classifier'] : [];
  for (const name of new Set([...predictions, ...looked])) {
    if (name === 'cond' || name === 'uncond') continue;
    const modelId = companions?.[name];
    if (!modelId) throw new Error(`${id}: the manifest must name a companion "${name}"`);
    wanted[name] = await other(modelId, request, job);
  }
  return wanted;
}

/** A network beside the loaded one, which is fetched where it is the first to be asked for. @throws ModelError */
async function other(
  modelId: string,
  { id }: SampleRequest,
  { signal }: Job,
): Promise<Model<Manifest>> {
  const known = others.get(modelId);
  if (known) return known;
  if (!runtime || !wanted) throw new Error('sample: needs a loaded model, none is');
  const onProgress = (progress: DownloadProgress) =>
    post({ type: 'progress', id, progress: { phase: 'download', ...progress } });
  const loaded = await loadModel(modelId, { baseUrl, signal, onProgress });
  const { manifest } = loaded;
  const graph = graphOf(loaded);
  const opened =
    manifest.role === 'denoiser' || manifest.role === 'weak'
      ? { manifest, network: (await openDenoiser(runtime, manifest, graph, wanted)).network }
      : { manifest, network: openCompanion(runtime, manifest, graph) };
  others.set(modelId, opened);
  return opened;
}

const { port1, port2 } = new MessageChannel();

/** Resolves in a later task, after the messages that have arrived; a timer would wait 4 ms. */
function messagesIn(): Promise<void> {
  return new Promise((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(null);
  });
}

/** Reads a visitor's own network as if it lay in the models folder. */
function ownReader({ manifest, graph }: OwnFiles): ReadModelFile {
  return async (path) =>
    path.endsWith('/manifest.json')
      ? new TextEncoder().encode(JSON.stringify(manifest))
      : new Uint8Array(await graph.arrayBuffer());
}

function graphOf({ manifest, files }: Awaited<ReturnType<typeof loadModel>>): Uint8Array {
  const graph = files.get('model.onnx');
  if (!graph) throw new Error(`${manifest.id}: the manifest must list the file model.onnx`);
  return graph;
}

function post(event: EngineEvent, transfer: Transferable[] = []): void {
  self.postMessage(event, { transfer });
}
