import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-web';
import asyncifyWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiWasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import cpuWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { messageOf } from '../networks/errors';
import { inTime } from '../networks/in-time';
import type { BufferLimits, Speed } from './batches';
import { Commands } from './gpu/commands';
import { SessionBuffers } from './gpu/session-buffers';
import { deviceIsTrusted } from './gpu/trusted';
import { withinMemory } from './gpu-memory';
import {
  type BatchSession,
  batchedNetwork,
  type DeviceQuestion,
  type LimitedNetwork,
  type NetworkOptions,
  queue,
  type Rows,
} from './network';
import type { BackendChoice, BackendInfo, FallbackReason } from './protocol';
import { startFailure } from './runtime-errors';
import { adapterName, isSoftwareAdapter } from './software-adapter';

type Ort = typeof import('onnxruntime-web');

/** More threads than this gain nothing on networks this small. */
const MOST_THREADS = 4;

/** A GPU that has not answered by then is not waited for. */
const GPU_ANSWERS_MS = 15_000;

/** The device, as far as it is the same for all networks. */
export type RuntimeInfo = Omit<BackendInfo, 'precision' | 'precisionWhy' | 'maxBatch' | 'batchWhy'>;

export interface DeviceLoss {
  readonly message: string;
  /** Rows of the run during which the device was lost; 0: no run, or the page destroyed the device. */
  readonly batch: number;
}

export interface Runtime {
  readonly info: RuntimeInfo;
  /** Whether shaders may compute in float16; the wasm provider casts where it has no such kernel. */
  readonly half: boolean;
  /** undefined: none are known. */
  readonly limits: BufferLimits | undefined;
  readonly speed: Speed;
  /** Resolves when the GPU device is lost; never on wasm. */
  readonly lost: Promise<DeviceLoss>;
  /** A network from the bytes of an ONNX file with the symbolic batch dimension `batch`. */
  open(
    model: Uint8Array,
    options: Pick<NetworkOptions, 'maxBatch' | 'fixedBatch' | 'onSmallerBatch'> & {
      /** Lengths of its free dimensions by their names. Default: `batch` is the batch. */
      readonly dims?: Readonly<Record<string, number | 'batch'>> | undefined;
      /** Names of the outputs to compute, each with one row a sample. Default: all outputs. */
      readonly outputs?: readonly string[] | undefined;
    },
  ): LimitedNetwork;
}

/** Opens WebGPU where it truly works, else wasm with the reason; a software adapter only if asked for. */
export async function openRuntime(choice: BackendChoice): Promise<Runtime> {
  if (choice === 'wasm') return openWasm();
  const gpu = await openDevice(choice === 'webgpu');
  return 'reason' in gpu ? openWasm(gpu) : openWebGpu(gpu);
}

/** The wasm runtime, as a fallback if a reason is given. */
export async function openWasm(fallback?: {
  reason: FallbackReason;
  detail: string;
}): Promise<Runtime> {
  if (typeof WebAssembly === 'undefined') {
    throw new Error('This browser must have WebAssembly to run networks, and has it switched off');
  }
  const ort = await import('onnxruntime-web/wasm');
  // Threads need SharedArrayBuffer, which a page without isolation headers does not have.
  const threads = self.crossOriginIsolated
    ? Math.min(MOST_THREADS, navigator.hardwareConcurrency || 1)
    : 1;
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = { wasm: cpuWasm };
  const info = {
    backend: 'wasm',
    adapter: '',
    threads,
    runtime: cpuWasm,
    ...(fallback && { fallback }),
  } as const;
  const { open } = opener(ort, cpuWasm, ['wasm']);
  const lost = new Promise<DeviceLoss>(() => {});
  return { info, half: false, limits: undefined, speed: 'wasm', lost, open };
}

interface GpuDevice {
  readonly adapter: GPUAdapter;
  readonly device: GPUDevice;
}

/** A device, with each step of getting one checked: `navigator.gpu` alone proves nothing. */
async function openDevice(
  takesSoftware: boolean,
): Promise<GpuDevice | { reason: FallbackReason; detail: string }> {
  if (!('gpu' in navigator)) return { reason: 'no-webgpu', detail: '' };
  try {
    const adapter = await inTime(
      navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }),
      'requestAdapter',
      GPU_ANSWERS_MS,
    );
    if (!adapter) return { reason: 'no-adapter', detail: '' };
    if (!takesSoftware && isSoftwareAdapter(adapter.info)) {
      return { reason: 'software-adapter', detail: adapterName(adapter.info) };
    }
    const { limits } = adapter;
    const asked = adapter.requestDevice({
      requiredFeatures: adapter.features.has('shader-f16') ? ['shader-f16'] : [],
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
    return { adapter, device: await inTime(asked, 'requestDevice', GPU_ANSWERS_MS) };
  } catch (error) {
    return { reason: 'no-device', detail: messageOf(error) };
  }
}

async function openWebGpu({ adapter, device }: GpuDevice): Promise<Runtime> {
  // JSPI suspends wasm natively: a smaller file and less overhead a call than asyncify.
  const jspi = 'Suspending' in WebAssembly;
  const ort: Ort = jspi
    ? await import('onnxruntime-web/jspi')
    : await import('onnxruntime-web/webgpu');
  const runtime = jspi ? jspiWasm : asyncifyWasm;
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: runtime };
  const info = {
    backend: 'webgpu',
    adapter: adapterName(adapter.info),
    threads: 1,
    runtime,
  } as const;
  // A handle for whoever debugs in the worker's console; the tests lose the device with it.
  Object.assign(self, { gpuDevice: device });
  const commands = new Commands(device);
  const trusted = await deviceIsTrusted(commands);
  const { open, rowsRunning } = opener(
    ort,
    runtime,
    [{ name: 'webgpu', device }],
    device,
    trusted ? commands : undefined,
  );
  const lost = device.lost.then(({ reason, message }) => ({
    message: message || reason,
    batch: reason === 'destroyed' ? 0 : rowsRunning(),
  }));
  return {
    info,
    half: device.features.has('shader-f16'),
    limits: device.limits,
    speed: isSoftwareAdapter(adapter.info) ? 'software' : 'gpu',
    lost,
    open,
  };
}

/**
 * Opens networks on a device, and knows what it is at: creating sessions and running them must not overlap.
 *
 * @param file address of the runtime's own file
 */
function opener(
  ort: Pick<Ort, 'InferenceSession' | 'Tensor'>,
  file: string,
  executionProviders: InferenceSession.ExecutionProviderConfig[],
  device?: GPUDevice,
  commands?: Commands,
): Pick<Runtime, 'open'> & { rowsRunning(): number } {
  const turns = queue();
  let running = 0;
  const counting = async <T>(batch: number, job: () => Promise<T>): Promise<T> => {
    running = batch;
    const result = await job();
    // After a failure it stays: a device that is lost fails its run first.
    running = 0;
    return result;
  };
  return {
    rowsRunning: () => running,
    open: (model, { dims = { batch: 'batch' }, outputs, ...options }) =>
      batchedNetwork({
        ...options,
        commands,
        inTurn: turns,
        create: (batch) =>
          counting(batch, async () => {
            const freeDimensionOverrides = Object.fromEntries(
              Object.entries(dims).map(([name, length]) => [
                name,
                length === 'batch' ? batch : length,
              ]),
            );
            const created = await withinMemory(device, () =>
              ort.InferenceSession.create(model, {
                executionProviders,
                freeDimensionOverrides,
              }).catch((error: unknown) => {
                const told = startFailure(messageOf(error), file);
                throw told === undefined ? error : new Error(told, { cause: error });
              }),
            );
            const session = new Session(
              ort.Tensor,
              created,
              outputs ?? created.outputNames,
              batch,
              device,
              commands,
            );
            return {
              run: (...rows) => counting(batch, () => session.run(...rows)),
              ask: (...question) => counting(batch, () => session.ask(...question)),
              release: () => session.release(),
            };
          }),
      }),
  };
}

/** A session of one static batch with its input buffers, which every run fills again. */
class Session implements BatchSession {
  readonly #tensor: TensorConstructor;
  readonly #session: InferenceSession;
  readonly #outputs: readonly string[];
  readonly #batch: number;
  readonly #inputs = new Map<string, Float32Array>();
  /** Absent: it runs on no device. */
  readonly #commands: Commands | undefined;
  #buffers: SessionBuffers | undefined;
  /** Until the first run has shown that the device has memory for all of it. */
  #unproven: GPUDevice | undefined;

  constructor(
    tensor: TensorConstructor,
    session: InferenceSession,
    outputs: readonly string[],
    batch: number,
    device: GPUDevice | undefined,
    commands: Commands | undefined,
  ) {
    this.#tensor = tensor;
    this.#session = session;
    this.#outputs = outputs;
    this.#batch = batch;
    this.#commands = commands;
    this.#unproven = device;
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
    for (const [name, { data, dims, type, shared }] of Object.entries(inputs)) {
      if (shared) {
        feeds[name] = this.#tensorOf(data, dims, type);
        continue;
      }
      const size = data.length / rows;
      const buffer = this.#inputs.get(name) ?? new Float32Array(this.#batch * size);
      this.#inputs.set(name, buffer);
      buffer.set(data.subarray(from * size, (from + count) * size));
      for (let row = count; row < this.#batch; row++) {
        buffer.copyWithin(row * size, (count - 1) * size, count * size);
      }
      feeds[name] = this.#tensorOf(buffer, [this.#batch, ...dims], type);
    }
    const started = performance.now();
    const results = await withinMemory(this.#unproven, () =>
      this.#session.run(feeds, this.#outputs),
    );
    const ms = performance.now() - started;
    this.#unproven = undefined;
    for (const [name, tensor] of Object.entries(results)) {
      const data = tensor.data as Float32Array;
      const size = data.length / this.#batch;
      outputs[name] ??= new Float32Array(rows * size);
      outputs[name].set(data.subarray(0, count * size), from * size);
      tensor.dispose();
    }
    return ms;
  }

  /**
   * Asks rows from … from + count of a question, on the device.
   *
   * @returns milliseconds inside the runtime, until the work was submitted
   */
  async ask(question: DeviceQuestion, from: number, count: number): Promise<number> {
    const commands = this.#commands!;
    this.#buffers ??= new SessionBuffers(commands, this.#batch);
    const buffers = this.#buffers;
    buffers.fill(question, from, count);
    commands.flush();
    const { shape, inputs, outputs } = question;
    const tensor = (name: string, dims: readonly number[]) =>
      this.#tensor.fromGpuBuffer(buffers.of(name, dims), {
        dataType: 'float32',
        dims: [this.#batch, ...dims],
      });
    const feeds: Record<string, Tensor> = { x: tensor('x', shape) };
    for (const [name, { dims }] of Object.entries(inputs)) feeds[name] = tensor(name, dims);
    const names = Object.keys(outputs);
    const fetches = Object.fromEntries(names.map((name) => [name, tensor(name, shape)]));
    const started = performance.now();
    await withinMemory(this.#unproven, () => this.#session.run(feeds, fetches));
    const ms = performance.now() - started;
    this.#unproven = undefined;
    buffers.collect(question, from, count);
    return ms;
  }

  #tensorOf(data: Float32Array, dims: readonly number[], type: Rows['type']): Tensor {
    if (type === 'int64') return new this.#tensor(type, BigInt64Array.from(data, BigInt), dims);
    if (type === 'int32') return new this.#tensor(type, Int32Array.from(data), dims);
    return new this.#tensor('float32', data, dims);
  }

  release(): Promise<void> {
    this.#buffers?.release();
    return this.#session.release();
  }
}
