import type { DenoiserManifest } from '../networks/manifest';
import { LivingWorker, type WorkerLike } from './living-worker';
import type {
  Backend,
  BackendChoice,
  BackendInfo,
  ComparedNetwork,
  ComparisonRequest,
  Ending,
  EngineEvent,
  Frame,
  InsideOptions,
  LoadProgress,
  OwnFiles,
  PrecisionChoice,
  Request,
  SampleSettings,
  Take,
} from './protocol';
import { Silence } from './silence';

export type Finished = Extract<Ending, { type: 'done' }>;

export interface LoadOptions {
  readonly modelId: string;
  /** Folder of the models, absolute. */
  readonly baseUrl: string;
  readonly backend: BackendChoice;
  /** Rows that the first run will evaluate at once; the warm-up compiles the network for them. Default: 2. */
  readonly rows?: number;
  /** Default: automatic. */
  readonly precision?: PrecisionChoice | undefined;
  /** The files of a network that the visitor brought. Default: those below baseUrl. */
  readonly own?: OwnFiles | undefined;
  /** What its convention is to be compared with. */
  readonly compare?: ComparisonRequest | undefined;
  /** Most rows of one network run. Default: as many as the device is good for. */
  readonly maxBatch?: number | undefined;
}

export interface Loaded {
  readonly manifest: DenoiserManifest;
  readonly info: BackendInfo;
  readonly warnings: readonly string[];
  readonly compared?: ComparedNetwork | undefined;
}

/** A request that failed, with the kind of failure for the page to explain. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly kind: Extract<Ending, { type: 'failed' }>['kind'];

  constructor(kind: EngineError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** A request that a newer one replaced, or that was cancelled. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

export interface EngineHandlers {
  /** The GPU was lost; worker, device and sessions are being rebuilt and the run repeated. */
  onDeviceLost?(message: string): void;
  /** The rebuild did not work; the next `sample` tries again. */
  onRebuildFailed?(error: EngineError): void;
  /** A batch was too large for the GPU's memory; what was asked for goes on in smaller ones. */
  onSmallerBatch?(info: BackendInfo): void;
  /** A run lost samples in float16: the network computes in float32 from now on. */
  onFullPrecision?(info: BackendInfo): void;
  /** The files of a network that the visitor brought; undefined for ids of other networks. */
  findOwn?(modelId: string): Promise<OwnFiles> | undefined;
  /** The rebuild has ended: what the engine runs on now. */
  onRecovered?(loaded: Loaded): void;
  /** Nothing has been heard of what was asked for a long time, or something again. */
  onSilence?(silent: boolean): void;
}

/** Receives some steps of a run, and their scales if it is steered. */
export type OnFrames = (frames: readonly Frame[], scales?: readonly number[]) => void;

interface Pending {
  readonly request: Request & { type: 'load' | 'sample' | 'film' };
  readonly signal?: AbortSignal | undefined;
  readonly resolve: (ending: Ending) => void;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  readonly onFrames?: OnFrames | undefined;
}

/** How often a run is repeated after losing the device before the loss is reported as a failure. */
const MOST_REBUILDS = 3;

/** A device that was rebuilt and draws for so long is counted as a good one. */
const LASTING_MS = 10_000;

/** Starts the engine's worker: Vite finds it by this exact form. */
function startWorker(): WorkerLike<EngineEvent> {
  return new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' });
}

/**
 * The engine as the main thread sees it: typed promises over the worker's messages.
 *
 * A newer `load` or `sample` replaces the one before, whose promise rejects with `Cancelled`.
 */
export class EngineClient {
  readonly #handlers: EngineHandlers;
  readonly #start: () => WorkerLike<EngineEvent>;
  #worker: LivingWorker<Request, EngineEvent> | undefined;
  #lastLoad: (LoadOptions & { readonly lostAt?: number }) | undefined;
  /** The backend of the model loaded last. */
  #runsOn: Backend | undefined;
  #pending = new Map<number, Pending>();
  #nextId = 1;
  #rebuilds = 0;
  #rebuiltMs = Number.NEGATIVE_INFINITY;
  #loads = 0;
  readonly #silence: Silence;

  constructor(handlers: EngineHandlers = {}, start = startWorker) {
    this.#handlers = handlers;
    this.#start = start;
    this.#silence = new Silence((silent) => handlers.onSilence?.(silent));
  }

  /**
   * Loads a model. Another backend than before gets a new worker, and so does another model on wasm:
   * wasm memory never shrinks.
   *
   * @throws EngineError, Cancelled
   */
  async load(asked: LoadOptions, onProgress?: (progress: LoadProgress) => void): Promise<Loaded> {
    const turn = ++this.#loads;
    const found = asked.own ? undefined : this.#handlers.findOwn?.(asked.modelId);
    const options = found ? { ...asked, own: await found } : asked;
    if (turn !== this.#loads) throw new Cancelled('The request was replaced by a newer one');
    const sameBackend = this.#lastLoad?.backend === options.backend;
    const sameModel = this.#lastLoad?.modelId === options.modelId;
    if (!sameBackend || (!sameModel && this.#runsOn === 'wasm')) this.#stopWorker();
    const { lostAt } = (sameBackend && this.#lastLoad) || {};
    this.#lastLoad = { ...options, ...(lostAt !== undefined && { lostAt }) };
    const ending = await this.#send({ type: 'load', rows: 2, ...this.#lastLoad }, { onProgress });
    const failed = ending.type === 'failed' && ending.kind === 'engine';
    // A runtime that could not be started is not started again by the worker that tried.
    if (failed && this.#pending.size === 0) this.#stopWorker();
    if (ending.type !== 'ready') throw failure(ending);
    this.#runsOn = ending.info.backend;
    return ending;
  }

  /**
   * Runs the sampler; `onFrames` sees every step, some at a time. A run repeated after a lost device
   * begins with step 0 again; one that is steered is cancelled.
   *
   * @throws EngineError, Cancelled
   */
  async sample(
    settings: SampleSettings,
    options: {
      /** Whether the classifier looks at the finished samples. Default: true. */
      judge?: boolean;
      signal?: AbortSignal;
      onFrames?: OnFrames;
      /** Time from step to step of a run that `steer` changes. Absent: as fast as it goes. */
      stepMs?: number | undefined;
      /** What the frames tell of the guidance beside the pictures. Absent: nothing. */
      inside?: InsideOptions | undefined;
      /** Ends with logits and features for metrics instead of verdicts, and posts no frames. */
      measure?: boolean | undefined;
      /** Another denoiser of the models folder in place of the loaded one, of its shape and classes. */
      denoiser?: string | undefined;
      /** A network that the rule needs is being loaded first. */
      onProgress?: (progress: LoadProgress) => void;
    } = {},
  ): Promise<Finished> {
    const {
      judge = true,
      signal,
      onFrames,
      stepMs,
      inside,
      measure,
      denoiser,
      onProgress,
    } = options;
    const ending = await this.#ask(
      { type: 'sample', settings, judge, stepMs, inside, measure, denoiser },
      { onFrames, onProgress, signal },
    );
    if (ending.type !== 'done') throw failure(ending);
    return ending;
  }

  /**
   * The same samples at several scales, in runs that go side by side.
   *
   * @param options.judge whether the classifier looks at the finished samples
   * @returns one take a scale
   * @throws EngineError, Cancelled
   */
  async film(
    settings: SampleSettings,
    scales: readonly number[],
    { judge, signal }: { readonly judge: boolean; readonly signal?: AbortSignal },
  ): Promise<readonly Take[]> {
    const ending = await this.#ask({ type: 'film', settings, scales, judge }, { signal });
    if (ending.type !== 'filmed') throw failure(ending);
    return ending.takes;
  }

  /** Sends what needs a loaded model, and cancels it when the signal says so. */
  async #ask(request: Asked, handlers: Pick<Pending, 'onProgress' | 'onFrames' | 'signal'>) {
    const { signal } = handlers;
    if (!this.#worker && this.#lastLoad && !signal?.aborted) {
      // The worker before broke, and a new one has no model yet.
      const ending = await this.#send({ type: 'load', rows: 2, ...this.#lastLoad }, {});
      if (ending.type !== 'ready') throw failure(ending);
      this.#handlers.onRecovered?.(ending);
    }
    if (signal?.aborted) throw new Cancelled('The request was cancelled before it began');
    const id = this.#nextId;
    const cancel = () => this.#worker?.post({ type: 'cancel', id });
    signal?.addEventListener('abort', cancel);
    try {
      const ending = await this.#send(request, handlers);
      const lasts = performance.now() - this.#rebuiltMs > LASTING_MS;
      if (lasts && (ending.type === 'done' || ending.type === 'filmed')) this.#rebuilds = 0;
      return ending;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Another scale for the run that is being steered, from its next step on; nothing if none is. */
  steer(guidanceScale: number): void {
    for (const { request } of this.#pending.values()) {
      if (!isSteered(request)) continue;
      this.#worker?.post({ type: 'steer', id: request.id, guidanceScale });
    }
  }

  /** A new worker for what is pending, with the model loaded again: the way out of one that is stuck. */
  restart(): void {
    this.#rebuilds = 0;
    void this.#rebuild();
  }

  /** Ends the worker; what was pending is cancelled. The next run starts another. */
  dispose(): void {
    this.#stopWorker();
  }

  #send(
    request: Asked,
    handlers: Pick<Pending, 'onProgress' | 'onFrames' | 'signal'>,
  ): Promise<Ending> {
    const complete = { ...request, id: this.#nextId++ } as Pending['request'];
    return new Promise((resolve) => {
      this.#pending.set(complete.id, { request: complete, resolve, ...handlers });
      this.#runningWorker().post(complete);
      this.#heard();
    });
  }

  #runningWorker(): LivingWorker<Request, EngineEvent> {
    if (!this.#worker) {
      this.#worker = new LivingWorker<Request, EngineEvent>(
        this.#start,
        (event) => this.#receive(event),
        (message) => {
          const failed = message || 'The engine could not be started';
          for (const id of [...this.#pending.keys()]) {
            this.#end({ type: 'failed', id, kind: 'engine', message: failed });
          }
          this.#stopWorker();
        },
      );
    }
    return this.#worker;
  }

  #heard(): void {
    this.#silence.heard(this.#pending.size > 0);
  }

  #receive(event: EngineEvent): void {
    this.#hear(event);
    this.#heard();
  }

  #hear(event: EngineEvent): void {
    switch (event.type) {
      case 'progress':
        this.#pending.get(event.id)?.onProgress?.(event.progress);
        break;
      case 'steps':
        this.#pending.get(event.id)?.onFrames?.(event.frames, event.scales);
        break;
      case 'device-lost':
        void this.#rebuild(event.message, event.batch);
        break;
      case 'alive':
        break;
      case 'smaller-batch':
        this.#handlers.onSmallerBatch?.(event.info);
        break;
      case 'full-precision':
        this.#handlers.onFullPrecision?.(event.info);
        break;
      case 'ready':
      case 'done':
      case 'filmed':
      case 'cancelled':
      case 'failed':
        this.#end(event);
        break;
      default:
        event satisfies never;
    }
  }

  #end(ending: Ending): void {
    const pending = this.#pending.get(ending.id);
    this.#pending.delete(ending.id);
    pending?.resolve(ending);
  }

  /**
   * A new worker, the model loaded again, in smaller batches than were lost, and what was pending sent again.
   *
   * @param message of a lost device
   */
  async #rebuild(message?: string, lostAt = 0): Promise<void> {
    const interrupted = [...this.#pending.values()];
    this.#pending.clear();
    this.#stopWorker();
    if (!this.#lastLoad || ++this.#rebuilds > MOST_REBUILDS) {
      this.#rebuilds = 0;
      for (const { request, resolve } of interrupted) {
        resolve({ type: 'failed', id: request.id, kind: 'engine', message: message ?? '' });
      }
      this.#handlers.onRebuildFailed?.(new EngineError('engine', message ?? ''));
      return;
    }
    this.#rebuiltMs = performance.now();
    if (message !== undefined) this.#handlers.onDeviceLost?.(message);
    // The last attempt is made with one row.
    const most = this.#rebuilds === MOST_REBUILDS ? Math.min(lostAt, 2) : lostAt;
    if (most > 1) this.#lastLoad = { ...this.#lastLoad, lostAt: most };
    const load = interrupted.find(({ request }) => request.type === 'load');
    const ending = await this.#send(
      { type: 'load', rows: 2, ...this.#lastLoad },
      { onProgress: load?.onProgress },
    );
    if (ending.type === 'ready') {
      this.#handlers.onRecovered?.(ending);
    } else if (ending.type === 'failed') {
      this.#stopWorker();
      this.#handlers.onRebuildFailed?.(new EngineError(ending.kind, ending.message));
    }
    load?.resolve({ ...ending, id: load.request.id });
    for (const pending of interrupted) {
      const { request, signal, resolve } = pending;
      if (pending === load) continue;
      if (ending.type !== 'ready') {
        resolve({ ...ending, id: request.id });
      } else if (signal?.aborted || this.#pending.size > 0 || isSteered(request)) {
        // Cancelled during the rebuild, a newer sample was asked for, or nobody would steer it again.
        resolve({ type: 'cancelled', id: request.id });
      } else {
        this.#pending.set(request.id, pending);
        this.#runningWorker().post(request);
      }
    }
  }

  #stopWorker(): void {
    this.#worker?.end();
    this.#worker = undefined;
    for (const id of [...this.#pending.keys()]) this.#end({ type: 'cancelled', id });
    this.#heard();
  }
}

function isSteered(request: Pending['request']): boolean {
  return request.type === 'sample' && request.stepMs !== undefined;
}

type Asked = DistributiveOmit<Pending['request'], 'id'>;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function failure(ending: Ending): Error {
  return ending.type === 'failed'
    ? new EngineError(ending.kind, ending.message)
    : new Cancelled('The request was replaced by a newer one');
}
