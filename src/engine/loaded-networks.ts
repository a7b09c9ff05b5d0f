import {
  type DownloadProgress,
  type LoadedModel,
  loadModel,
  loadModelIndex,
} from '../networks/download';
import { ModelError, messageOf } from '../networks/errors';
import type { DenoiserManifest, FeaturesManifest, Manifest } from '../networks/manifest';
import type { ReadModelFile } from '../networks/sources';
import type { Lexicon } from '../networks/text/lexicon';
import type { PromptEncoder } from '../networks/text/prompt-encoder';
import type { LoadRequest } from './active-request';
import { batchWithinLimits } from './batches';
import { LoadedText } from './loaded-text';
import { Aborted, type LimitedNetwork, type Network, type SmallerBatch } from './network';
import { type OpenedAs, type OpenOptions, openDenoiser } from './open-denoiser';
import type {
  BackendChoice,
  BackendInfo,
  ComparedNetwork,
  EngineEvent,
  LoadProgress,
  OwnFiles,
} from './protocol';
import { type DeviceLoss, openRuntime, openWasm, type Runtime } from './session';
import { StageMemory } from './stage-memory';
import { StartMemory } from './start-memory';

/** A network with its manifest. */
export interface Model<M extends Manifest = Manifest> {
  readonly manifest: M;
  readonly network: Network;
}

interface Denoiser extends Model<DenoiserManifest> {
  readonly network: LimitedNetwork;
  readonly openedAs: OpenedAs;
  /** Its ONNX file, as long as it may have to be opened again. */
  readonly graph: Uint8Array | undefined;
}

interface Judge extends Model<FeaturesManifest> {
  readonly network: LimitedNetwork;
}

/** What a load ends with. */
interface LoadEnding {
  readonly manifest: DenoiserManifest;
  readonly info: BackendInfo;
  /** What could not be checked about the files. */
  readonly warnings: readonly string[];
  readonly compared?: ComparedNetwork | undefined;
}

/** A lost device fails its runs a moment before it reports that it is lost. */
const LOSS_REPORTED_WITHIN_MS = 200;

/** The worker's device and the networks on it: a denoiser, its judge, and others that runs asked for. */
export class LoadedNetworks {
  /** What the networks made of noise before. */
  readonly starts = new StartMemory();
  /** What the stages of cascades have drawn before. */
  readonly stages = new StageMemory();
  readonly #emit: (event: EngineEvent) => void;
  #opening: Promise<Runtime> | undefined;
  #runtime: Runtime | undefined;
  #denoiser: Denoiser | undefined;
  #judge: Judge | undefined;
  /** How the denoiser was opened: other denoisers are opened in the same way. */
  #options: OpenOptions | undefined;
  /** Networks beside the denoiser by their ids, each loaded when a run first needs it. */
  readonly #others = new Map<string, Model>();
  readonly #text = new LoadedText();
  #baseUrl = '';
  #inHalf = false;

  /** @param emit reports a lost device and smaller batches */
  constructor(emit: (event: EngineEvent) => void) {
    this.#emit = emit;
  }

  /** The feature network that judges the denoiser's samples. */
  get judge(): Model<FeaturesManifest> | undefined {
    return this.#judge;
  }

  /** Whether any denoiser computes in float16. */
  get inHalf(): boolean {
    return this.#inHalf;
  }

  /** The loss of the device, if it was lost; always undefined on wasm. */
  async deviceLoss(): Promise<DeviceLoss | undefined> {
    if (this.#runtime?.info.backend !== 'webgpu') return undefined;
    const moment = new Promise<undefined>((resolve) =>
      setTimeout(resolve, LOSS_REPORTED_WITHIN_MS),
    );
    return Promise.race([this.#runtime.lost, moment]);
  }

  /**
   * Loads a denoiser and its judge in place of all networks before.
   *
   * @throws ModelError; Aborted; what the trial run failed with
   */
  async load(
    request: LoadRequest,
    signal: AbortSignal,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<LoadEnding> {
    const { baseUrl, precision = 'auto', maxBatch, lostAt, rows } = request;
    this.#baseUrl = baseUrl;
    // Beside the download. What it fails with is told when the device is needed.
    const device = this.#device(request.backend);
    device.catch(() => {});
    const fetchModel = (id: string, own?: OwnFiles) =>
      loadModel(id, {
        baseUrl,
        ...(own && { read: ownReader(own), cache: null }),
        signal,
        onProgress: (progress) => onProgress({ phase: 'download', ...progress }),
      });
    const modelId = request.modelId || (await loadModelIndex({ baseUrl, signal })).default;
    const main = await fetchModel(modelId, request.own);
    const manifest = asDenoiser(modelId, main.manifest);
    const judgeId = manifest.companions?.features;
    const warnings = [...main.warnings];
    const fetchJudge = async (id: string) => {
      try {
        const files = await fetchModel(id);
        warnings.push(...files.warnings);
        if (files.manifest.role === 'features') return files;
        warnings.push(
          `${id}: needs a feature network, its manifest says "${files.manifest.role}".`,
        );
      } catch (error) {
        // It draws without its judge too, which is told.
        if (signal.aborted || !(error instanceof ModelError)) throw error;
        warnings.push(`The samples are not judged: ${error.message.replace(/\.$/, '')}.`);
      }
      return undefined;
    };
    const judgeFiles = judgeId === undefined ? undefined : await fetchJudge(judgeId);

    onProgress({ phase: 'prepare' });
    await this.#release();
    const runtime = await device;
    this.#options = {
      precision,
      maxBatch,
      lostAt,
      rows,
      onSmallerBatch: (smaller) => this.#reportSmallerBatch(smaller),
    };
    onProgress({ phase: 'warm-up' });
    let compared: ComparedNetwork | undefined;
    const open = async (runtime: Runtime, options: OpenOptions) => {
      this.#denoiser = undefined;
      const asked = { ...options, compare: request.compare };
      const opened = await openDenoiser(runtime, manifest, graphOf(main), asked);
      compared = opened.compared;
      const { network, openedAs } = opened;
      this.#inHalf = openedAs.precision === 'fp16';
      const graph = this.#inHalf ? graphOf(main) : undefined;
      this.#denoiser = { manifest, network, openedAs, graph };
      this.#judge = judgeFiles && {
        manifest: judgeFiles.manifest as FeaturesManifest,
        network: this.#openBeside(runtime, judgeFiles.manifest, graphOf(judgeFiles)),
      };
      return { ...runtime.info, ...opened.openedAs };
    };
    let info: BackendInfo;
    try {
      info = await open(runtime, this.#options);
    } catch (error) {
      if (runtime.info.backend === 'wasm') throw error;
      // Lost with several rows: the worker that comes next begins with fewer.
      if (((await this.deviceLoss())?.batch ?? 0) > 1) throw error;
      // The adapter has promised what does not work.
      this.#runtime = await openWasm({ reason: 'trial-failed', detail: messageOf(error) });
      info = await open(this.#runtime, this.#options);
    }
    if (signal.aborted) throw new Aborted('The load was replaced by a newer request');
    return { manifest, info, warnings, ...(compared && { compared }) };
  }

  /**
   * The loaded denoiser, or another one of its shape and classes.
   *
   * @throws ModelError; Error if none is loaded, or the other does not fit
   */
  async denoiser(
    id: string | undefined,
    signal: AbortSignal,
    onProgress: (progress: DownloadProgress) => void,
  ): Promise<Model<DenoiserManifest>> {
    const loaded = this.#denoiser;
    if (!loaded) throw new Error('sample: needs a loaded model, none is');
    if (id === undefined || id === loaded.manifest.id) return loaded;
    const { manifest: found, network } = await this.other(id, signal, onProgress);
    const manifest = asDenoiser(id, found);
    const formOf = ({ shape, classes }: Manifest) => `[${shape}], ${classes.join(' ')}`;
    if (formOf(manifest) !== formOf(loaded.manifest)) {
      throw new Error(
        `${id}: needs shape and classes of ${loaded.manifest.id}, ${formOf(loaded.manifest)}; got ${formOf(manifest)}`,
      );
    }
    return { manifest, network };
  }

  /** A network beside the denoiser, downloaded at its first use. @throws ModelError */
  async other(
    id: string,
    signal: AbortSignal,
    onProgress: (progress: DownloadProgress) => void,
  ): Promise<Model> {
    const known = this.#others.get(id);
    if (known) return known;
    if (!this.#runtime || !this.#options) throw new Error('sample: needs a loaded model, none is');
    const loaded = await loadModel(id, { baseUrl: this.#baseUrl, signal, onProgress });
    const { manifest } = loaded;
    const graph = graphOf(loaded);
    let network: Network;
    if (isDenoiser(manifest)) {
      const opened = await openDenoiser(this.#runtime, manifest, graph, this.#options);
      network = opened.network;
      this.#inHalf ||= opened.openedAs.precision === 'fp16';
    } else {
      network = this.#openBeside(this.#runtime, manifest, graph);
    }
    const model = { manifest, network };
    this.#others.set(id, model);
    return model;
  }

  /**
   * Opens the denoisers in float32, from now on: in float16 they lost samples.
   *
   * @throws what the trial run failed with
   */
  async toFullPrecision(): Promise<void> {
    const [runtime, options, denoiser] = [this.#runtime, this.#options, this.#denoiser];
    if (!runtime || !options || !denoiser) return;
    this.#options = { ...options, precision: 'fp32' };
    this.#inHalf = false;
    this.starts.clear();
    this.stages.clear();
    // Those that are needed are opened again when they are.
    for (const { network } of this.#others.values()) await network.release();
    this.#others.clear();
    const { manifest, graph } = denoiser;
    const precisionWhy = { reason: 'lost', detail: '' } as const;
    if (graph) {
      await denoiser.network.release();
      const { network, openedAs } = await openDenoiser(runtime, manifest, graph, this.#options);
      this.#denoiser = {
        ...{ manifest, network, graph: undefined },
        openedAs: { ...openedAs, precisionWhy },
      };
    }
    const { openedAs } = this.#denoiser ?? denoiser;
    this.#emit({ type: 'full-precision', info: { ...runtime.info, ...openedAs } });
  }

  /**
   * A network that enlarges the loaded denoiser's pictures, downloaded at its first use.
   *
   * @param k 0 for the first stage after the denoiser
   * @throws ModelError; Error for one that there is not, or that does not fit the cascade's manifest
   */
  async upsampler(
    { id, stages = [] }: DenoiserManifest,
    k: number,
    signal: AbortSignal,
    onProgress: (progress: DownloadProgress) => void,
  ): Promise<Model<DenoiserManifest>> {
    const stage = stages[k];
    if (!stage) throw new Error(`${id}: needs at most ${stages.length + 1} stages, got ${k + 2}`);
    const model = await this.other(stage.network, signal, onProgress).catch((error) => {
      throw error instanceof ModelError ? ofStage(error, k + 2, stage.shape) : error;
    });
    const manifest = asDenoiser(stage.network, model.manifest);
    if (String(manifest.shape) !== String(stage.shape)) {
      throw new Error(
        `${id}: its stage ${stage.network} must draw [${stage.shape}], its manifest says [${manifest.shape}]`,
      );
    }
    return { ...model, manifest };
  }

  /** The text encoder of the loaded denoiser, downloaded at its first use. @throws ModelError */
  promptEncoder(
    prompts: NonNullable<DenoiserManifest['prompts']>,
    signal: AbortSignal,
    onProgress: (progress: DownloadProgress) => void,
  ): Promise<PromptEncoder> {
    if (!this.#runtime) throw new Error('sample: needs a loaded model, none is');
    const options = { baseUrl: this.#baseUrl, signal, onProgress };
    return this.#text.encoder(this.#runtime, prompts, options);
  }

  /** The Chinese lexicon of a text encoder, downloaded at its first use. @throws ModelError */
  lexicon(
    encoder: string,
    signal: AbortSignal,
    onProgress: (progress: DownloadProgress) => void,
  ): Promise<Lexicon | undefined> {
    return this.#text.lexicon(encoder, { baseUrl: this.#baseUrl, signal, onProgress });
  }

  async #release(): Promise<void> {
    this.starts.clear();
    this.stages.clear();
    await this.#denoiser?.network.release();
    await this.#judge?.network.release();
    for (const { network } of this.#others.values()) await network.release();
    this.#others.clear();
    await this.#text.release();
  }

  /** The device, which is opened once. @throws what the runtime cannot be opened with */
  async #device(backend: BackendChoice): Promise<Runtime> {
    if (this.#runtime) return this.#runtime;
    this.#opening ??= openRuntime(backend).finally(() => {
      this.#opening = undefined;
    });
    const opened = await this.#opening;
    if (this.#runtime) return this.#runtime;
    this.#runtime = opened;
    void opened.lost.then((loss) => {
      // A device given up for wasm does not matter any more.
      if (this.#runtime === opened) this.#emit({ type: 'device-lost', ...loss });
    });
    return opened;
  }

  /**
   * A network beside the denoiser, in float32 and in no larger batches: figures are made of its
   * answers, or they are a gradient that guidance multiplies by sigma².
   */
  #openBeside(runtime: Runtime, manifest: Manifest, graph: Uint8Array): LimitedNetwork {
    const within = runtime.limits ? batchWithinLimits(runtime.limits, manifest) : Infinity;
    const maxBatch = Math.min(within, this.#denoiser?.network.maxBatch ?? 1);
    return runtime.open(graph, {
      maxBatch,
      onSmallerBatch: (smaller) => this.#reportSmallerBatch(smaller),
    });
  }

  /** A batch did not work, and a smaller one does. */
  #reportSmallerBatch({ maxBatch, detail }: SmallerBatch): void {
    // While the denoiser is being opened, the answer to the load will say so.
    if (!this.#runtime || !this.#denoiser) return;
    const { network, openedAs } = this.#denoiser;
    network.limit(maxBatch);
    const info: BackendInfo = {
      ...this.#runtime.info,
      ...openedAs,
      maxBatch: network.maxBatch,
      batchWhy: { reason: 'memory', detail },
    };
    this.#emit({ type: 'smaller-batch', info });
  }
}

/** Says which stage of a cascade cannot be had, counted from 1. */
function ofStage(
  { kind, file, message }: ModelError,
  stage: number,
  [, height, width]: DenoiserManifest['shape'],
): ModelError {
  return new ModelError(kind, file, `Stage ${stage} (${height}×${width}): ${message}`);
}

/** @throws Error for a network of another role */
function asDenoiser(id: string, manifest: Manifest): DenoiserManifest {
  if (isDenoiser(manifest)) return manifest;
  throw new Error(`${id}: needs a denoising network, its manifest says "${manifest.role}"`);
}

function isDenoiser(manifest: Manifest): manifest is DenoiserManifest {
  return manifest.role !== 'classifier' && manifest.role !== 'features';
}

/** Reads a visitor's own network as if it lay in the models folder. */
function ownReader({ manifest, graph }: OwnFiles): ReadModelFile {
  return async (path) =>
    path.endsWith('/manifest.json')
      ? new TextEncoder().encode(JSON.stringify(manifest))
      : new Uint8Array(await graph.arrayBuffer());
}

/** The ONNX file of a downloaded model. @throws Error without one */
function graphOf({ manifest, files }: LoadedModel): Uint8Array {
  const graph = files.get('model.onnx');
  if (!graph) throw new Error(`${manifest.id}: the manifest must list the file model.onnx`);
  return graph;
}
