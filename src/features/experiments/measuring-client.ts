import type { PointFigures } from '../../diffusion/metrics/point';
import { WorkerClient, type WorkerLike } from '../../kit/worker-client';
import type { MeasuredBatch, MeasuringRequest } from './measuring-protocol';

/** Points that the worker holds to continue them; the one used longest ago goes. */
const HELD_POINTS = 128;

/** Starts the worker that measures. It loads no inference runtime. */
function startWorker(): WorkerLike<PointFigures, never> {
  return new Worker(new URL('./measuring.worker.ts', import.meta.url), { type: 'module' });
}

/** Metrics computed beside the main thread. */
export class MeasuringClient {
  readonly #baseUrl: string;
  readonly #worker: WorkerClient<MeasuringRequest, PointFigures>;
  /** How many samples of a point the worker has been given, by its key. */
  readonly #given = new Map<string, number>();

  /** @param baseUrl folder of the models, absolute */
  constructor(baseUrl: string, start = startWorker) {
    this.#baseUrl = baseUrl;
    this.#worker = new WorkerClient(start, 'The worker that measures');
  }

  /**
   * The figures of all these samples. Where they continue those of the last call with the same key,
   * the worker is given only what is new.
   *
   * @param network the feature network's id: its reference is what the samples are compared with
   * @throws Error with the worker's message
   */
  async measure(
    key: string,
    network: string,
    batches: readonly MeasuredBatch[],
  ): Promise<PointFigures> {
    const before = this.#given.get(key) ?? 0;
    const fresh: MeasuredBatch[] = [];
    let total = 0;
    let aligned = before === 0;
    const all = batches.map(({ labels, logits, features, fits }): MeasuredBatch => {
      return { labels, logits, features, fits };
    });
    for (const batch of all) {
      if (total >= before) fresh.push(batch);
      total += batch.labels.length;
      aligned ||= total === before;
    }
    // Fewer samples than before, or cut elsewhere: from the beginning.
    const anew = before === 0 || !aligned;
    this.#given.delete(key); // insertion order is the order of use
    this.#given.set(key, total);
    const forget = [...this.#given.keys()].slice(0, Math.max(0, this.#given.size - HELD_POINTS));
    for (const oldest of forget) this.#given.delete(oldest);
    const request: MeasuringRequest = {
      key,
      network,
      baseUrl: this.#baseUrl,
      anew,
      batches: anew ? all : fresh,
      forget,
    };
    try {
      return await this.#worker.request(request);
    } catch (error) {
      // The worker may have been replaced, and then it holds no point any more.
      this.#given.clear();
      throw error;
    }
  }
}
