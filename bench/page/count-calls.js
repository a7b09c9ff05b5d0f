// Runs in the engine's worker: counts what is asked of its GPU from now on. A classic script, because
// Playwright puts it in as text.
(() => {
  const deviceCounts = { dispatches: 0, submits: 0, readBacks: 0 };
  Object.assign(self, { deviceCounts });
  /** GPUMapMode.READ, which TypeScript does not know here. */
  const READ = 1;

  /**
   * Calls `look` with the arguments of a method before it does what it did.
   *
   * @param {any} prototype
   * @param {string} name
   * @param {(...args: any[]) => void} look
   */
  const before = (prototype, name, look) => {
    const method = prototype[name];
    prototype[name] = function (/** @type {any[]} */ ...args) {
      look(...args);
      return method.apply(this, args);
    };
  };
  for (const name of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect']) {
    before(GPUComputePassEncoder.prototype, name, () => {
      deviceCounts.dispatches++;
    });
  }
  before(GPUQueue.prototype, 'submit', () => {
    deviceCounts.submits++;
  });
  before(GPUBuffer.prototype, 'mapAsync', (mode) => {
    if (mode & READ) deviceCounts.readBacks++;
  });
})();
