import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-web';
import asyncifyWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiWasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import cpuWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { BackendChoice, BackendInfo, FallbackReason } from './protocol';

type Ort = typeof import('onnxruntime-web');

/** Batch sizes that sessions are made for; a GPU's shaders are compiled for each. */
const BATCHES = [1, 2, 8, 16] as const;
/** Sessions kept for a network; the least recently used is released. */
const KEPT_SESSIONS = 3;
/** More threads than this gain nothing on networks this small. */
const MOST_THREADS = 4;

export interface Runtime {
  readonly info: BackendInfo;
  /** Resolves with the reason when the GPU device is lost; never on wasm. */
  readonly lost: Promise<string>;
  /** A network from the bytes of an ONNX file with the symbolic batch dimension `batch`. */
  open(model: Uint8Array): Network;
}

export interface Network {
  /**
   * Evaluates `rows` rows, in as few runs as the batch sizes allow.
   *
   * @param inputs row-major float32 inputs by name, `rows` rows each
   * @param stop asked before each run; true ends the evaluation with a `Stopped` error
   * @returns outputs by name, `rows` rows each
   */
  run(
    inputs: Readonly<Record<string, Rows>>,
    rows: number,
    stop?: Stop,
  ): Promise<Record<string, Float32Array>>;
  /** Time spent inside the runtime by all evaluations so far. */
  readonly busyMs: number;
  release(): Promise<void>;
}

/** Rows of an input: all numbers, and the dimensions of one row. */
export interface Rows {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** Whether to stop; a promise where messages are to be let in first. */
export type Stop = () => boolean | Promise<boolean>;

/** Thrown where a run was asked to stop. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Opens WebGPU where it truly works, else wasm with the reason. */
export async function openRuntime(choice: BackendChoice): Promise<Runtime> {
  if (choice === 'wasm') return openWasm();
  const gpu = await openDevice();
  return 'reason' in gpu ? openWasm(gpu) : openWebGpu(gpu);
}

/** The wasm runtime, as a fallback if a reason is given. */
export async function openWasm(fallback?: {
  reason: FallbackReason;
  detail: string;
}): Promise<Runtime> {
  const ort = await import('onnxruntime-web/wasm');
  // Threads need SharedArrayBuffer, which a page without isolation headers does not have.
  const threads = self.crossOriginIsolated
    ? Math.min(MOST_THREADS, navigator.hardwareConcurrency || 1)
    : 1;
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = { wasm: cpuWasm };
  const info: BackendInfo = {
    backend: 'wasm',
    adapter: '',
    threads,
    precision: 'f32',
    maxBatch: Math.max(...BATCHES),
    ...(fallback && { fallback }),
  };
  return runtime(ort, info, ['wasm'], new Promise(() => {}));
}

interface GpuDevice {
  readonly adapter: GPUAdapter;
  readonly device: GPUDevice;
}

/** A device, with each step of getting one checked: `navigator.gpu` alone proves nothing. */
async function openDevice(): Promise<GpuDevice | { reason: FallbackReason; detail: string }> {
  if (!('gpu' in navigator)) return { reason: 'no-webgpu', detail: '' };
  try {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return { reason: 'no-adapter', detail: '' };
    const { limits } = adapter;
    const device = await adapter.requestDevice({
      requiredLimits: {
        maxBufferSize: limits.maxBufferSize,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
        maxComputeWorkgroupSizeY: limits.maxComputeWorkgroupSizeY,
        maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      },
    });
    return { adapter, device };
  } catch (error) {
    return { reason: 'no-device', detail: error instanceof Error ? error.message : String(error) };
  }
}

async function openWebGpu({ adapter, device }: GpuDevice): Promise<Runtime> {
  // JSPI suspends wasm natively: a smaller file and less overhead a call than asyncify.
  const jspi = 'Suspending' in WebAssembly;
  const ort: Ort = jspi
    ? await import('onnxruntime-web/jspi')
    : await import('onnxruntime-web/webgpu');
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: jspi ? jspiWasm : asyncifyWasm };
  const { vendor, architecture, description } = adapter.info;
  const info: BackendInfo = {
    backend: 'webgpu',
    adapter: description || [vendor, architecture].filter(Boolean).join(' ') || 'WebGPU',
    threads: 1,
    precision: 'f32',
    maxBatch: largestBatch(device.limits),
  };
  // A handle for whoever debugs in the worker's console; the tests lose the device with it.
  Object.assign(self, { gpuDevice: device });
  const lost = device.lost.then(({ reason, message }) => message || reason);
  return runtime(ort, info, [{ name: 'webgpu', device }], lost);
}

/** The largest batch whose biggest activation, about 1 MB a picture, fits in one binding. */
function largestBatch(limits: GPUSupportedLimits): number {
  const fitting = BATCHES.filter((batch) => batch * 2 ** 20 <= limits.maxStorageBufferBindingSize);
  return Math.max(1, ...fitting);
}

function runtime(
  ort: Pick<Ort, 'InferenceSession' | 'Tensor'>,
  info: BackendInfo,
  executionProviders: InferenceSession.ExecutionProviderConfig[],
  lost: Promise<string>,
): Runtime {
  // Session creation and runs share the device and must not overlap; the queue survives a rejection.
  let tail: Promise<unknown> = Promise.resolve();
  function inTurn<T>(job: () => Promise<T>): Promise<T> {
    const result = tail.then(job);
    tail = result.catch(() => undefined);
    return result;
  }

  function open(model: Uint8Array): Network {
    const sessions = new Map<number, Promise<Session>>();
    let busyMs = 0;

    function sessionFor(batch: number): Promise<Session> {
      const known = sessions.get(batch);
      sessions.delete(batch); // insertion order is the order of use
      const session =
        known ??
        inTurn(async () => {
          const options = { executionProviders, freeDimensionOverrides: { batch } };
          const created = await ort.InferenceSession.create(model, options);
          return new Session(ort.Tensor, created, batch);
        });
      sessions.set(batch, session);
      // A session that could not be made is forgotten, so that the next request tries again.
      session.catch(() => sessions.delete(batch));
      const [oldest] = sessions;
      if (oldest && sessions.size > KEPT_SESSIONS) {
        sessions.delete(oldest[0]);
        void oldest[1].then(
          (old) => inTurn(() => old.release()),
          () => undefined,
        );
      }
      return session;
    }

    async function run(
      inputs: Readonly<Record<string, Rows>>,
      rows: number,
      stop: Stop = () => false,
    ): Promise<Record<string, Float32Array>> {
      const outputs: Record<string, Float32Array> = {};
      let done = 0;
      for (const batch of batchPlan(rows, info.maxBatch)) {
        if (await stop()) throw new Stopped('The run was stopped');
        const session = await sessionFor(batch);
        const count = Math.min(batch, rows - done);
        const from = done;
        busyMs += await inTurn(() => session.run(inputs, from, count, rows, outputs));
        done += count;
      }
      return outputs;
    }

    async function release(): Promise<void> {
      const open = [...sessions.values()];
      sessions.clear();
      for (const session of open) {
        await session.then(
          (s) => inTurn(() => s.release()),
          () => undefined,
        );
      }
    }

    return {
      run,
      release,
      get busyMs() {
        return busyMs;
      },
    };
  }

  return { info, lost, open };
}

/** A session of one static batch with its input buffers, which every run fills again. */
class Session {
  readonly #tensor: TensorConstructor;
  readonly #session: InferenceSession;
  readonly #batch: number;
  readonly #inputs = new Map<string, Float32Array>();

  constructor(tensor: TensorConstructor, session: InferenceSession, batch: number) {
    this.#tensor = tensor;
    this.#session = session;
    this.#batch = batch;
  }

  /**
   * Evaluates rows from … from + count; the rows that pad the batch repeat the last one.
   *
   * @returns milliseconds inside the runtime
   */
  async run(
    inputs: Readonly<Record<string, Rows>>,
    from: number,
    count: number,
    rows: number,
    outputs: Record<string, Float32Array>,
  ): Promise<number> {
    const feeds: Record<string, Tensor> = {};
    for (const [name, { data, dims }] of Object.entries(inputs)) {
      const size = data.length / rows;
      const buffer = this.#inputs.get(name) ?? new Float32Array(this.#batch * size);
      this.#inputs.set(name, buffer);
      buffer.set(data.subarray(from * size, (from + count) * size));
      for (let row = count; row < this.#batch; row++) {
        buffer.copyWithin(row * size, (count - 1) * size, count * size);
      }
      feeds[name] = new this.#tensor('float32', buffer, [this.#batch, ...dims]);
    }
    const started = performance.now();
    const results = await this.#session.run(feeds);
    const ms = performance.now() - started;
    for (const [name, tensor] of Object.entries(results)) {
      const data = tensor.data as Float32Array;
      const size = data.length / this.#batch;
      outputs[name] ??= new Float32Array(rows * size);
      outputs[name].set(data.subarray(0, count * size), from * size);
      tensor.dispose();
    }
    return ms;
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** Batch sizes whose sum covers `rows`: the largest that fit, padded only if over three quarters full. */
export function batchPlan(rows: number, maxBatch: number): number[] {
  const sizes = BATCHES.filter((batch) => batch <= maxBatch);
  const plan: number[] = [];
  for (let left = rows; left > 0; ) {
    const padded = sizes.find((size) => size >= left && left >= 0.75 * size);
    const batch = padded ?? sizes.findLast((size) => size <= left) ?? 1;
    plan.push(batch);
    left -= batch;
  }
  return plan;
}
