import type { Look, TrainEvent, TrainingSpec, TrainRequest } from './train-protocol';

type WorkerLike = Pick<Worker, 'postMessage' | 'terminate'> & {
  onmessage: ((event: MessageEvent<TrainEvent>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

/** Starts the worker that trains: Vite finds it by this exact form. It loads no inference runtime. */
function startWorker(): WorkerLike {
  return new Worker(new URL('./train.worker.ts', import.meta.url), { type: 'module' });
}

/** The training worker as the main thread sees it. */
export class TrainClient {
  readonly #start: () => WorkerLike;
  readonly #onEvent: (event: TrainEvent) => void;
  #worker: WorkerLike | undefined;
  #id = 0;

  /** @param onEvent is told of the last opened run only */
  constructor(onEvent: (event: TrainEvent) => void, start: () => WorkerLike = startWorker) {
    this.#onEvent = onEvent;
    this.#start = start;
  }

  /** A new network, not trained yet; the one before is forgotten. */
  open(spec: TrainingSpec, look: Look): void {
    this.#id++;
    this.#send({ type: 'open', id: this.#id, spec, look });
  }

  run(): void {
    this.#send({ type: 'run', id: this.#id });
  }

  pause(): void {
    this.#send({ type: 'pause', id: this.#id });
  }

  look(look: Look): void {
    this.#send({ type: 'look', id: this.#id, look });
  }

  dispose(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #send(request: TrainRequest): void {
    if (!this.#worker) {
      const worker = this.#start();
      worker.onmessage = ({ data }) => {
        if (worker === this.#worker && data.id === this.#id) this.#onEvent(data);
      };
      worker.onerror = ({ message }) => {
        if (worker !== this.#worker) return;
        this.dispose();
        const failed = message || 'The training worker could not be started';
        this.#onEvent({ type: 'failed', id: this.#id, message: failed });
      };
      this.#worker = worker;
    }
    this.#worker.postMessage(request);
  }
}
