/** Bytes of one kernel's parameters begin at a multiple of this. */
const SLOT_BYTES = 256;
const PARAMS_BYTES = 256 * SLOT_BYTES;
/** Words before the values: size, total, stride, rank. */
const HEADER_WORDS = 4;
/** Buffers that are kept for the next field of their length. */
const KEPT_BYTES = 32 * 2 ** 20;
/** Tells a debugger, and tests, which buffers are not the runtime's. */
const OWN_LABEL = 'trajectory';
/** Most workgroups in a row. */
const MOST_GROUPS = 65_535;

/** What a kernel is told beside its buffers. */
interface KernelParams {
  /** Numbers a sample, or a row. */
  readonly size: number;
  /** Numbers to make. */
  readonly total: number;
  /** Values a sample; 0: the same for all. */
  readonly stride?: number;
  readonly rank?: number;
  readonly values?: readonly number[];
}

/**
 * Work on a device: kernels and copies are recorded, and submitted together where somebody else, the
 * runtime or a read-back, follows. Buffers that are given back are used again, also by work that is not
 * submitted yet: the device keeps the order.
 */
export class Commands {
  readonly device: GPUDevice;
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  readonly #params: GPUBuffer;
  readonly #free = new Map<string, GPUBuffer[]>();
  /** Time spent waiting for the device. */
  waitedMs = 0;
  /** Whether there was memory for the buffers made since the last read-back. */
  readonly #checked: Promise<void>[] = [];
  #keptBytes = 0;
  #slot = 0;
  #encoder: GPUCommandEncoder | undefined;

  constructor(device: GPUDevice) {
    this.device = device;
    this.#params = device.createBuffer({
      label: OWN_LABEL,
      size: PARAMS_BYTES,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
  }

  /** A buffer with arbitrary contents for so many numbers; the caller's until `give`. */
  take(numbers: number): GPUBuffer {
    const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
    return this.#take(numbers, STORAGE | COPY_SRC | COPY_DST);
  }

  give(buffer: GPUBuffer): void {
    if (this.#keptBytes + buffer.size > KEPT_BYTES) {
      this.flush();
      buffer.destroy();
      return;
    }
    const key = keyOf(buffer.size, buffer.usage);
    this.#free.set(key, [...(this.#free.get(key) ?? []), buffer]);
    this.#keptBytes += buffer.size;
  }

  #take(numbers: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const size = bytesFor(numbers);
    const known = this.#free.get(keyOf(size, usage))?.pop();
    if (known) {
      this.#keptBytes -= size;
      return known;
    }
    // WebGPU itself goes on with a buffer that is none, and everything read from it is 0.
    this.device.pushErrorScope('out-of-memory');
    const made = this.device.createBuffer({ label: OWN_LABEL, size, usage });
    const checked = this.device.popErrorScope().then((error) => {
      if (error) throw new Error(`The GPU needs memory for a run's pictures: ${error.message}`);
    });
    checked.catch(() => undefined); // `read` tells it.
    this.#checked.push(checked);
    return made;
  }

  /**
   * Records a kernel of kernels.ts.
   *
   * @param groups workgroups
   */
  run(code: string, params: KernelParams, buffers: readonly GPUBuffer[], groups: number): void {
    if ((this.#slot + 1) * SLOT_BYTES + 4 * (params.values?.length ?? 0) > PARAMS_BYTES) {
      this.flush();
    }
    const values = params.values ?? [0];
    const words = new Uint32Array(HEADER_WORDS + values.length);
    words.set([params.size, params.total, params.stride ?? 0, params.rank ?? 0]);
    new Float32Array(words.buffer, 4 * HEADER_WORDS).set(values);
    const offset = this.#slot * SLOT_BYTES;
    this.device.queue.writeBuffer(this.#params, offset, words);
    this.#slot += Math.ceil(words.byteLength / SLOT_BYTES);
    const pipeline = this.#pipeline(code);
    const bound = [{ buffer: this.#params, offset, size: words.byteLength }, ...buffers.map(whole)];
    const pass = this.#recording().beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      this.device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: bound.map((resource, binding) => ({ binding, resource })),
      }),
    );
    const rows = Math.ceil(groups / MOST_GROUPS);
    pass.dispatchWorkgroups(Math.ceil(groups / rows), rows);
    pass.end();
  }

  /** Records a copy of numbers; places are counted in numbers. */
  copy(from: GPUBuffer, fromAt: number, to: GPUBuffer, toAt: number, numbers: number): void {
    this.#recording().copyBufferToBuffer(from, 4 * fromAt, to, 4 * toAt, 4 * numbers);
  }

  /** Writes numbers into a buffer after all that was recorded before. */
  write(buffer: GPUBuffer, data: Float32Array<ArrayBufferLike>): void {
    this.flush();
    this.device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
  }

  /** Submits what was recorded. */
  flush(): void {
    const recorded = this.#encoder;
    this.#encoder = undefined;
    this.#slot = 0;
    if (recorded) this.device.queue.submit([recorded.finish()]);
  }

  /**
   * Numbers of some buffers as they are now, all in one read-back.
   *
   * @throws Error where there was no memory for a buffer that was taken before
   */
  async read(parts: readonly { readonly buffer: GPUBuffer; readonly numbers: number }[]) {
    const total = parts.reduce((sum, { numbers }) => sum + numbers, 0);
    const { MAP_READ, COPY_DST } = GPUBufferUsage;
    // Powers of two, so that few of them serve all reads.
    const staging = this.#take(2 ** Math.ceil(Math.log2(total)), MAP_READ | COPY_DST);
    let at = 0;
    for (const { buffer, numbers } of parts) {
      this.copy(buffer, 0, staging, at, numbers);
      at += numbers;
    }
    this.flush();
    await staging.mapAsync(GPUMapMode.READ);
    await Promise.all(this.#checked.splice(0));
    const all = new Float32Array(staging.getMappedRange(), 0, total);
    let from = 0;
    const read = parts.map(({ numbers }) => {
      from += numbers;
      return all.slice(from - numbers, from);
    });
    staging.unmap();
    this.give(staging);
    return read;
  }

  /** What the device is waited for, with the time counted. */
  async waited<T>(answer: Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await answer;
    } finally {
      this.waitedMs += performance.now() - started;
    }
  }

  #recording(): GPUCommandEncoder {
    this.#encoder ??= this.device.createCommandEncoder();
    return this.#encoder;
  }

  #pipeline(code: string): GPUComputePipeline {
    const known = this.#pipelines.get(code);
    if (known) return known;
    const module = this.device.createShaderModule({ code });
    const made = this.device.createComputePipeline({ layout: 'auto', compute: { module } });
    this.#pipelines.set(code, made);
    return made;
  }
}

/** The runtime binds buffers as vectors of four. */
function bytesFor(numbers: number): number {
  return 16 * Math.ceil(numbers / 4);
}

const keyOf = (size: number, usage: number) => `${size} ${usage}`;
const whole = (buffer: GPUBuffer) => ({ buffer });
