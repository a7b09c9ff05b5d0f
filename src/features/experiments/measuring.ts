import { messageOf } from '../../networks/errors';
import { firstSamples } from './kept';
import type { PointRecords } from './point-records';
import { isMilestone } from './points';
import type { Measurer } from './state';

/** Has points measured, one after the other, when they reach a count at which they are to be. */
export class Measuring {
  readonly #records: PointRecords;
  readonly #measurer: Measurer;
  readonly #samples: () => number;
  readonly #round: () => number;
  readonly #ended: (key: string) => void;
  /** Points that are being measured, or wait for it. */
  readonly #due = new Set<string>();
  readonly #failures = new Map<string, string>();
  #last: Promise<void> = Promise.resolve();

  /**
   * @param options.samples how many samples a point is to have
   * @param options.round as `roundOf`
   * @param options.ended is told of each point that was measured, or failed to be
   */
  constructor(options: {
    readonly records: PointRecords;
    readonly measurer: Measurer;
    readonly samples: () => number;
    readonly round: () => number;
    readonly ended: (key: string) => void;
  }) {
    this.#records = options.records;
    this.#measurer = options.measurer;
    this.#samples = options.samples;
    this.#round = options.round;
    this.#ended = options.ended;
  }

  /** Whether any point is being measured or waits for it. */
  get busy(): boolean {
    return this.#due.size > 0;
  }

  /** Why a point could not be measured. */
  failure(key: string): string | undefined {
    return this.#failures.get(key);
  }

  /** Forgets what failed for these points. */
  retry(keys: readonly string[]): void {
    for (const key of keys) this.#failures.delete(key);
  }

  /** Has a point measured, if it has reached a count at which it is to be and is not yet. */
  measureIfDue(key: string): void {
    const wanted = this.#samples();
    const record = this.#records.get(key);
    const count = Math.min(record?.samples ?? 0, wanted);
    if (!record || count === 0 || this.#due.has(key)) return;
    if (!isMilestone(count, wanted, this.#round())) return;
    if (record.figures.some(({ samples }) => samples === count)) return;
    this.#due.add(key);
    this.#last = this.#last.then(() => this.#measure(key, count));
  }

  async #measure(key: string, count: number): Promise<void> {
    try {
      const batches = firstSamples(await this.#records.batches(key), count);
      const { network } = this.#records.get(key) ?? {};
      if (network !== undefined && batches.length > 0) {
        await this.#records.addFigures(key, await this.#measurer.measure(key, network, batches));
      }
    } catch (error) {
      this.#failures.set(key, messageOf(error));
    }
    this.#due.delete(key);
    this.#ended(key);
  }
}
