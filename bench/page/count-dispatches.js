// Runs in an empty page: counts what the inference runtime asks of WebGPU in one evaluation of a graph. A
// classic script, because Playwright puts it in as text.
(() => {
  /** @type {import('../kernel-table').Launch[]} */
  let launches = [];
  let submits = 0;
  let readBacks = 0;

  /** The runtime labels its shaders by what they compute. @type {WeakMap<object, string>} */
  const names = new WeakMap();
  const device = GPUDevice.prototype;
  const { createComputePipeline, createComputePipelineAsync } = device;
  device.createComputePipeline = function (descriptor) {
    const pipeline = createComputePipeline.call(this, descriptor);
    names.set(pipeline, descriptor.compute.module.label);
    return pipeline;
  };
  device.createComputePipelineAsync = async function (descriptor) {
    const pipeline = await createComputePipelineAsync.call(this, descriptor);
    names.set(pipeline, descriptor.compute.module.label);
    return pipeline;
  };

  /** @type {WeakMap<object, string>} */
  const current = new WeakMap();
  const pass = GPUComputePassEncoder.prototype;
  const { setPipeline, dispatchWorkgroups, dispatchWorkgroupsIndirect } = pass;
  pass.setPipeline = function (pipeline) {
    current.set(this, names.get(pipeline) ?? '');
    return setPipeline.call(this, pipeline);
  };
  pass.dispatchWorkgroups = function (x, y = 1, z = 1) {
    launches.push({ kernel: current.get(this) ?? '', workgroups: [x, y, z] });
    return dispatchWorkgroups.call(this, x, y, z);
  };
  pass.dispatchWorkgroupsIndirect = function (buffer, offset) {
    launches.push({ kernel: current.get(this) ?? '', workgroups: [] });
    return dispatchWorkgroupsIndirect.call(this, buffer, offset);
  };
  const { submit } = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (buffers) {
    submits++;
    return submit.call(this, buffers);
  };
  /** GPUMapMode.READ, which TypeScript does not know here. */
  const READ = 1;
  const { mapAsync } = GPUBuffer.prototype;
  GPUBuffer.prototype.mapAsync = function (mode, ...range) {
    if (mode & READ) readBacks++;
    return mapAsync.call(this, mode, ...range);
  };

  Object.assign(window, {
    /**
     * The second evaluation of a graph, as the first one compiles shaders.
     *
     * @param {import('../dispatches').Evaluation} evaluation
     * @returns {Promise<import('../kernel-table').Counted>}
     */
    async countDispatches({ model, dims, preferredLayout }) {
      const { ort } = window;
      ort.env.wasm.numThreads = 1;
      const session = await ort.InferenceSession.create(model, {
        executionProviders: [{ name: 'webgpu', preferredLayout }],
        freeDimensionOverrides: dims,
      });
      /** @type {Record<string, import('onnxruntime-web').Tensor>} */
      const feeds = {};
      for (const input of session.inputMetadata) {
        if (!input.isTensor) throw new Error(`${model}: inputs must be tensors`);
        const shape = input.shape.map((size) =>
          typeof size === 'number' ? size : (dims[size] ?? 1),
        );
        const size = shape.reduce((product, length) => product * length, 1);
        feeds[input.name] =
          input.type === 'int64'
            ? new ort.Tensor('int64', new BigInt64Array(size).fill(1n), shape)
            : new ort.Tensor('float32', new Float32Array(size).fill(1), shape);
      }
      await session.run(feeds);
      launches = [];
      submits = 0;
      readBacks = 0;
      await session.run(feeds);
      const counted = { launches, submits, readBacks };
      await session.release();
      return counted;
    },
  });
})();
