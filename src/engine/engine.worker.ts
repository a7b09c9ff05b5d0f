import { findGuidanceRule } from '../diffusion/guidance';
import type { Prediction } from '../diffusion/guidance/rule';
import { labelRows } from '../diffusion/stacked';
import { type DownloadProgress, loadModel, loadModelIndex, ModelError } from '../models/download';
import type { DenoiserManifest, FeaturesManifest, Manifest } from '../models/manifest';
import { buffersOf } from './inside';
import { judge, measure, opinionOf } from './judge';
import type {
  BackendChoice,
  Ending,
  EngineEvent,
  Frame,
  LoadProgress,
  Request,
  SampleSettings,
} from './protocol';
import { type CompanionName, runSampler } from './run';
import { type Network, openRuntime, openWasm, type Runtime, Stopped } from './session';
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
let denoiser: Model<DenoiserManifest> | undefined;
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
      message: error instanceof Error ? error.message : String(error),
    };
  }
}

/** A lost device fails its runs a moment before it tells that it is lost. */
async function deviceLost(): Promise<boolean> {
  if (runtime?.info.backend !== 'webgpu') return false;
  const moment = new Promise<false>((resolve) => setTimeout(resolve, LOSS_TOLD_WITHIN_MS, false));
  return Promise.race([runtime.lost.then(() => true), moment]);
}

async function load(request: LoadRequest, job: Job): Promise<Ending> {
  const { id, backend } = request;
  baseUrl = request.baseUrl;
  const report = (progress: LoadProgress) => post({ type: 'progress', id, progress });
  const fetchModel = (model: string) =>
    loadModel(model, {
      baseUrl,
      signal: job.signal,
      onProgress: (progress) => report({ phase: 'download', ...progress }),
    });

  const modelId =
    request.modelId || (await loadModelIndex({ baseUrl, signal: job.signal })).default;
  const main = await fetchModel(modelId);
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
  const openModels = (on: Runtime) => {
    classifier = companion &&
      judgeManifest && { manifest: judgeManifest, network: on.open(graphOf(companion)) };
    denoiser = { manifest, network: on.open(graphOf(main)) };
    return denoiser;
  };

  report({ phase: 'warm-up' });
  try {
    await trial(openModels(runtime), request.rows);
  } catch (error) {
    if (runtime.info.backend === 'wasm') throw error;
    // The adapter promised what it does not keep.
    const detail = error instanceof Error ? error.message : String(error);
    runtime = await openWasm({ reason: 'trial-failed', detail });
    await trial(openModels(runtime), request.rows);
  }
  if (job.signal.aborted) throw new Stopped('The load was superseded');
  const warnings = [...main.warnings, ...(companion?.warnings ?? [])];
  return { type: 'ready', id, manifest, info: runtime.info, warnings };
}

async function open(backend: BackendChoice): Promise<Runtime> {
  const opened = await openRuntime(backend);
  void opened.lost.then((message) => {
    // A device given up for wasm does not matter any more.
    if (runtime === opened) post({ type: 'device-lost', message });
  });
  return opened;
}

/** A first evaluation: compiles the shaders and shows whether the numbers can be true. */
async function trial({ manifest, network }: Model<DenoiserManifest>, rows: number): Promise<void> {
  const size = manifest.shape.reduce((a, b) => a * b);
  const nullLabel = manifest.classes.length;
  const labels = Array.from({ length: rows }, (_, row) => (row % 2 ? nullLabel : 0));
  const { denoised } = await network.run(
    {
      x: { data: new Float32Array(rows * size), dims: manifest.shape },
      sigma: { data: new Float32Array(rows).fill(1), dims: [] },
      label: { data: labelRows(labels, nullLabel), dims: [nullLabel + 1] },
    },
    rows,
  );
  // Data lies in [-1, 1]: an estimate of it that does not is no estimate.
  const wrong = denoised!.find((value) => !(Math.abs(value) < 10));
  if (wrong !== undefined) {
    throw new Error(`The network's trial run must give numbers within ±10, got ${wrong}`);
  }
}

async function sample(request: SampleRequest, job: Job): Promise<Ending> {
  const { id, settings, stepMs, inside } = request;
  const judging = classifier;
  if (!denoiser) throw new Error('sample: needs a loaded model, none is');
  const { guidanceScale } = settings.modifiers;
  const steering =
    stepMs === undefined ? undefined : new Steering(settings.numSteps, guidanceScale, stepMs);
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
  const like = ({ shape, classes }: Manifest) => JSON.stringify([shape, classes]);
  if (like(manifest) !== like(loaded.manifest)) {
    throw new Error(`${wanted}: needs the shape and classes of ${loaded.manifest.id}`);
  }
  return { manifest, network };
}

/** The companions that a rule needs, and the gradient that is looked at, loaded where it is the first. @throws ModelError */
async function companionsFor(
  request: SampleRequest,
  { id, companions }: DenoiserManifest,
  job: Job,
): Promise<Partial<Record<CompanionName, Network>>> {
  const wanted: Partial<Record<CompanionName, Network>> = {};
  const { predictions } = findGuidanceRule(request.settings.guidance);
  const looked: readonly Prediction[] = request.inside?.gradient ? ['classifier'] : [];
  for (const name of new Set([...predictions, ...looked])) {
    if (name === 'cond' || name === 'uncond') continue;
    const modelId = companions?.[name];
    if (!modelId) throw new Error(`${id}: the manifest must name a companion "${name}"`);
    wanted[name] = (await other(modelId, request, job)).network;
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
  if (!runtime) throw new Error('sample: needs a loaded model, none is');
  const onProgress = (progress: DownloadProgress) =>
    post({ type: 'progress', id, progress: { phase: 'download', ...progress } });
  const loaded = await loadModel(modelId, { baseUrl, signal, onProgress });
  const opened = { manifest: loaded.manifest, network: runtime.open(graphOf(loaded)) };
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

function graphOf({ manifest, files }: Awaited<ReturnType<typeof loadModel>>): Uint8Array {
  const graph = files.get('model.onnx');
  if (!graph) throw new Error(`${manifest.id}: the manifest must list the file model.onnx`);
  return graph;
}

function post(event: EngineEvent, transfer: Transferable[] = []): void {
  self.postMessage(event, { transfer });
}
