/** What was asked of the GPU. */
export interface Counts {
  submits: number;
  dispatches: number;
  readBacks: number;
  /** Of the trajectory, without those of the runtime. */
  uploads: number;
  uploadedBytes: number;
  /** Of the runtime, to its own kernels and inputs. */
  runtimeUploads: number;
  runtimeUploadedBytes: number;
}

const counts: Counts = {
  submits: 0,
  dispatches: 0,
  readBacks: 0,
  uploads: 0,
  uploadedBytes: 0,
  runtimeUploads: 0,
  runtimeUploadedBytes: 0,
};
let watching = false;

/** Counts from now on, on every device of this page. */
export function watchDevices(): void {
  if (watching) return;
  watching = true;
  before(GPUQueue.prototype, 'submit', () => {
    counts.submits++;
  });
  before(GPUQueue.prototype, 'writeBuffer', (args) => {
    const [buffer, , data, , length] = args as Parameters<GPUQueue['writeBuffer']>;
    const bytes = length ?? data.byteLength;
    if (buffer.label === 'trajectory') {
      counts.uploads++;
      counts.uploadedBytes += bytes;
    } else {
      counts.runtimeUploads++;
      counts.runtimeUploadedBytes += bytes;
    }
  });
  before(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => {
    counts.dispatches++;
  });
  before(GPUComputePassEncoder.prototype, 'dispatchWorkgroupsIndirect', () => {
    counts.dispatches++;
  });
  before(GPUBuffer.prototype, 'mapAsync', ([mode]) => {
    if (mode === GPUMapMode.READ) counts.readBacks++;
  });
  before(GPUDevice.prototype, 'createBuffer', ([descriptor]) => {
    const { mappedAtCreation, size } = descriptor as GPUBufferDescriptor;
    if (!mappedAtCreation) return;
    counts.runtimeUploads++;
    counts.runtimeUploadedBytes += size;
  });
}

export function countsNow(): Counts {
  return { ...counts };
}

/** Calls `look` with the arguments of a method before it does what it did. */
function before<T extends object>(
  prototype: T,
  name: keyof T & string,
  look: (args: readonly unknown[]) => void,
): void {
  const method = prototype[name] as (...args: unknown[]) => unknown;
  const watched = function (this: T, ...args: unknown[]) {
    look(args);
    return method.apply(this, args);
  };
  Object.assign(prototype, { [name]: watched });
}
