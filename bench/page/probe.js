// Runs in the real page before its own scripts: notes when samples are asked for, finished and
// painted. A classic script, because Playwright puts it in as text.
(() => {
  /** @type {import('../visit').ProbedRun[]} */
  const runs = [];
  /** @type {(() => void)[]} */
  let listeners = [];
  const probe = {
    runs,
    /** False: the page's classifier is left out, whose run is not the network's. */
    judge: true,
    /** Resolves once `count` runs have been painted. @param {number} count */
    async painted(count) {
      while (runs.filter(({ paintedAt }) => paintedAt !== undefined).length < count) {
        await new Promise((resolve) => {
          listeners.push(() => resolve(undefined));
        });
      }
    },
  };
  Object.assign(window, { probe });

  const NativeWorker = window.Worker;
  window.Worker = class extends NativeWorker {
    /** @param {ConstructorParameters<typeof Worker>} args */
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        if (data.type !== 'done') return;
        const run = runs.find(({ id }) => id === data.id);
        if (run) Object.assign(run, { doneAt: performance.now(), figures: data.figures });
      });
    }

    /** @override @param {any} message @param {any} [options] */
    postMessage(message, options) {
      if (message.type !== 'sample') {
        super.postMessage(message, options);
        return;
      }
      const { id, settings } = message;
      runs.push({
        id,
        samples: settings.seeds.length,
        numSteps: settings.numSteps,
        requestedAt: performance.now(),
      });
      super.postMessage({ ...message, judge: message.judge && probe.judge }, options);
    }
  };

  // A task posted while a frame is drawn comes after the browser has painted it.
  const { port1, port2 } = new MessageChannel();
  let drawnAt = 0;
  port1.onmessage = () => {
    for (const run of runs) {
      if (run.doneAt !== undefined && run.doneAt <= drawnAt) run.paintedAt ??= performance.now();
    }
    drawnAt = 0;
    const waiting = listeners;
    listeners = [];
    for (const listener of waiting) listener();
  };
  const { drawImage } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.drawImage = function (/** @type {any[]} */ ...args) {
    // @ts-expect-error One of its overloads.
    drawImage.apply(this, args);
    if (this.canvas.dataset.column === undefined) return;
    if (drawnAt === 0) port2.postMessage(null);
    drawnAt = performance.now();
  };
})();
