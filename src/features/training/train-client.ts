import { Cancelled } from '../../engine/client';
import { WorkerClient, type WorkerLike } from '../../kit/worker-client';
import { messageOf } from '../../networks/errors';
import type { Look, TrainEvent, TrainingSpec, TrainNote, TrainRequest } from './train-protocol';

/** Starts the worker that trains. It loads no inference runtime. */
function startWorker(): WorkerLike<never, TrainEvent> {
  return new Worker(new URL('./train.worker.ts', import.meta.url), { type: 'module' });
}

/** The training worker as the main thread sees it. */
export class TrainClient {
  readonly #worker: WorkerClient<TrainRequest, never, TrainNote, TrainEvent>;
  readonly #onEvent: (event: TrainEvent | TrainFailure) => void;
  #opened: AbortController | undefined;

  /** @param onEvent is told of the last opened run only */
  constructor(onEvent: (event: TrainEvent | TrainFailure) => void, start = startWorker) {
    this.#onEvent = onEvent;
    this.#worker = new WorkerClient(start, 'The training worker');
  }

  /** A new network, not trained yet; the one before is forgotten. */
  open(spec: TrainingSpec, look: Look): void {
    this.#opened?.abort();
    this.#opened = new AbortController();
    const { signal } = this.#opened;
    const onEvent = (event: TrainEvent | TrainFailure) => {
      if (!signal.aborted) this.#onEvent(event);
    };
    this.#worker.request({ spec, look }, { signal, onEvent }).catch((error: unknown) => {
      if (!(error instanceof Cancelled)) onEvent({ type: 'failed', message: messageOf(error) });
    });
  }

  run(): void {
    this.#worker.tell({ type: 'run' });
  }

  pause(): void {
    this.#worker.tell({ type: 'pause' });
  }

  look(look: Look): void {
    this.#worker.tell({ type: 'look', look });
  }
}

/** The run has ended by an error. */
export interface TrainFailure {
  readonly type: 'failed';
  readonly message: string;
}
