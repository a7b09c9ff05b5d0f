import type { PointFigures } from '../../diffusion/metrics/point';
import type { MeasuredBatch, MeasuringEvent, MeasuringRequest } from './measuring-protocol';

type WorkerLike = Pick<Worker, 'postMessage' | 'terminate'> & {
  onmessage: ((event: MessageEvent<MeasuringEvent>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

interface Pending {
  resolve(figures: PointFigures): void;
  reject(error: Error): void;
}

/** Points that the worker keeps to continue them; the one used longest ago goes. */
const KEPT_POINTS = 128;

/** Starts the worker that measures: Vite finds it by this exact form. It loads no inference runtime. */
function startWorker(): WorkerLike {
  return new Worker(new URL('./measuring.worker.ts', import.meta.url), { type: 'module' });
}

/** Metrics computed beside the main thread. */
export class MeasuringClient {
  readonly #baseUrl: string;
  readonly #start: () => WorkerLike;
  readonly #pending = new Map<number, Pending>();
  /** How many samples of a point the worker has been given, by its key. */
  readonly #given = new Map<string, number>();
  #worker: WorkerLike | undefined;
  #nextId = 1;

  /** @param baseUrl folder of the models, absolute */
  constructor(baseUrl: string, start: () => WorkerLike = startWorker) {
    this.#baseUrl = baseUrl;
    this.#start = start;
  }

  /**
   * The figures of all these samples. Where they continue those of the last call with the same key,
   * the worker is given only what is new.
   *
   * @param network the feature network's id: its reference is what the samples are compared with
   * @throws Error with the worker's message
   */
  measure(key: string, network: string, batches: readonly MeasuredBatch[]): Promise<PointFigures> {
    const before = this.#given.get(key) ?? 0;
    const fresh: MeasuredBatch[] = [];
    let total = 0;
    let aligned = before === 0;
    for (const { labels, logits, features } of batches) {
      if (total >= before) fresh.push({ labels, logits, features });
      total += labels.length;
      aligned ||= total === before;
    }
    // Fewer samples than before, or cut elsewhere: from the beginning.
    const anew = before === 0 || !aligned;
    this.#given.delete(key); // insertion order is the order of use
    this.#given.set(key, total);
    const forget = [...this.#given.keys()].slice(0, Math.max(0, this.#given.size - KEPT_POINTS));
    for (const oldest of forget) this.#given.delete(oldest);
    const id = this.#nextId++;
    const request: MeasuringRequest = {
      id,
      key,
      network,
      baseUrl: this.#baseUrl,
      anew,
      batches: anew
        ? batches.map(({ labels, logits, features }) => ({ labels, logits, features }))
        : fresh,
      forget,
    };
    return new Promise((resolve, reject) => {
      this.#pending.set(id, {
        resolve,
        reject: (error) => {
          this.#given.delete(key);
          reject(error);
        },
      });
      this.#running().postMessage(request);
    });
  }

  #running(): WorkerLike {
    if (this.#worker) return this.#worker;
    const worker = this.#start();
    worker.onmessage = ({ data }) => {
      const pending = this.#pending.get(data.id);
      this.#pending.delete(data.id);
      if ('figures' in data) pending?.resolve(data.figures);
      else pending?.reject(new Error(data.message));
    };
    worker.onerror = ({ message }) => {
      const error = new Error(message || 'The worker that measures could not be started');
      for (const { reject } of this.#pending.values()) reject(error);
      this.#pending.clear();
      this.#given.clear();
      this.#worker?.terminate();
      this.#worker = undefined;
    };
    this.#worker = worker;
    return worker;
  }
}
