import { Cancelled } from '../engine/client';
import { LivingWorker, type WorkerLike as WorkerOf } from '../engine/living-worker';
import type { FromWorker, ToWorker } from './worker-messages';

export type WorkerLike<Result, Event> = WorkerOf<FromWorker<Result, Event>>;

interface Pending<Result, Event> {
  resolve(result: Result): void;
  reject(error: Error): void;
  onEvent?: ((event: Event) => void) | undefined;
}

/**
 * A worker as the main thread sees it: promises over messages. The worker starts with the first
 * request, and anew after it broke. Its side is `answerRequests`.
 */
export class WorkerClient<Request, Result, Note = never, Event = never> {
  readonly #start: () => WorkerLike<Result, Event>;
  readonly #name: string;
  readonly #pending = new Map<number, Pending<Result, Event>>();
  #worker: LivingWorker<ToWorker<Request, Note>, FromWorker<Result, Event>> | undefined;
  #nextId = 1;

  /**
   * @param start Vite finds a worker by the exact form
   *   `new Worker(new URL('./x.worker.ts', import.meta.url), { type: 'module' })`
   * @param name of the worker in the message that it could not be started
   */
  constructor(start: () => WorkerLike<Result, Event>, name: string) {
    this.#start = start;
    this.#name = name;
  }

  /**
   * @param options.signal ends the request before its time
   * @param options.onEvent is told of everything on the way to the result
   * @throws Cancelled if the request was aborted or the worker ended by `dispose`
   * @throws Error with the worker's message
   */
  async request(
    request: Request,
    options: {
      readonly signal?: AbortSignal | undefined;
      readonly onEvent?: (event: Event) => void;
    } = {},
  ): Promise<Result> {
    const { signal, onEvent } = options;
    if (signal?.aborted) throw new Cancelled('The request was aborted before it began');
    const id = this.#nextId++;
    const abort = () => this.#post({ type: 'abort', id });
    signal?.addEventListener('abort', abort);
    try {
      return await new Promise<Result>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject, onEvent });
        this.#worker ??= this.#startWorker();
        this.#post({ type: 'request', id, request });
      });
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Tells the newest request something; nothing if it has ended. */
  tell(note: Note): void {
    const id = this.#nextId - 1;
    if (this.#pending.has(id)) this.#post({ type: 'note', id, note });
  }

  /** Ends the worker and all requests; the next request starts another. */
  dispose(): void {
    this.#end(new Cancelled(`${this.#name} was ended`));
  }

  #post(message: ToWorker<Request, Note>): void {
    this.#worker?.post(message);
  }

  #startWorker() {
    return new LivingWorker<ToWorker<Request, Note>, FromWorker<Result, Event>>(
      this.#start,
      (message) => this.#receive(message),
      (message) => this.#end(new Error(message || `${this.#name} could not be started`)),
    );
  }

  #receive(message: FromWorker<Result, Event>): void {
    const pending = this.#pending.get(message.id);
    if (message.type === 'event') {
      pending?.onEvent?.(message.event);
      return;
    }
    this.#pending.delete(message.id);
    switch (message.type) {
      case 'done':
        pending?.resolve(message.result);
        break;
      case 'aborted':
        pending?.reject(new Cancelled('The request was aborted'));
        break;
      case 'failed':
        pending?.reject(new Error(message.message));
        break;
      default:
        message satisfies never;
    }
  }

  #end(reason: Error): void {
    this.#worker?.end();
    this.#worker = undefined;
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }
}
