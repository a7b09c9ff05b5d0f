import type { PointFigures } from '../../diffusion/metrics/point';
import { type Batch, type BatchRun, type PointRecord, withBatch, withFigures } from './kept';
import type { PointSamples } from './state';
import type { ChangeRecord, ExperimentStorage } from './storage';

/** Samples whose pictures are stored, of each point. */
export const KEPT_PICTURES = 64;

/** Awaits what storage does: where it fails, that is told and the result is undefined. */
export type Stored = <T>(promise: Promise<T>) => Promise<T | undefined>;

/**
 * The samples and figures of points by their keys: in memory, and stored beyond a reload. Where
 * storage is full or forbidden, they last for this visit.
 */
export class PointRecords {
  readonly #storage: ExperimentStorage;
  readonly #stored: Stored;
  /** undefined: nothing was stored. */
  readonly #records = new Map<string, PointRecord | undefined>();
  readonly #batches = new Map<string, readonly Batch[]>();
  /** Points that could not be stored: from then on they are kept for this visit alone. */
  readonly #unstored = new Set<string>();

  constructor(storage: ExperimentStorage, stored: Stored) {
    this.#storage = storage;
    this.#stored = stored;
  }

  get(key: string): PointRecord | undefined {
    return this.#records.get(key);
  }

  /** Whether it is known what was stored of a point. */
  isRead(key: string): boolean {
    return this.#records.has(key);
  }

  /** Reads what was stored of these points. */
  async read(keys: readonly string[]): Promise<void> {
    const unread = keys.filter((key) => !this.#records.has(key));
    if (unread.length === 0) return;
    const records = (await this.#stored(this.#storage.records(unread))) ?? [];
    unread.forEach((key, i) => {
      if (!this.#records.has(key)) this.#records.set(key, records[i]);
    });
  }

  /** A point's batches, read where they were made on another visit. */
  async batches(key: string): Promise<readonly Batch[]> {
    const known = this.#batches.get(key);
    const record = this.#records.get(key);
    if (known && areOf(record, known)) return known;
    const found = record ? await this.#storage.batches(key, record.starts) : [];
    const complete = found.filter((batch) => batch !== undefined);
    if (complete.length < found.length) {
      // Browsers may forget: what is not whole is drawn again.
      await this.remove([key]);
      return [];
    }
    this.#batches.set(key, complete);
    return complete;
  }

  /** A point's first samples; undefined where it has none yet. */
  async samples(key: string): Promise<PointSamples | undefined> {
    const record = this.#records.get(key);
    if (!record) return undefined;
    const starts = record.starts.filter((start) => start < KEPT_PICTURES);
    const known = this.#batches.get(key);
    const batches = known ?? (await this.#storage.batches(key, starts));
    const shown = batches.filter((batch) => batch?.pictures);
    const bytes = shown.flatMap((batch) => [...(batch?.pictures ?? [])]);
    const labels = shown.flatMap((batch) => batch?.labels ?? []);
    return labels.length ? { pictures: Uint8Array.from(bytes), labels } : undefined;
  }

  /**
   * Continues a point by a batch. It counts once it is stored, so that a reload loses nothing shown.
   * Where another tab has changed the point meanwhile, it goes on from what that has stored.
   */
  async add(key: string, batch: Batch, run: BatchRun): Promise<void> {
    this.#batches.set(key, [...(this.#batches.get(key) ?? []), batch]);
    await this.#change(key, (before) => withBatch(before, batch, run), batch);
  }

  /** Adds a point's figures at one count, in place of those at the same count. */
  async addFigures(key: string, figures: PointFigures): Promise<void> {
    if (!this.#records.get(key)) return;
    await this.#change(key, (before) => withFigures(before, figures));
  }

  /** Changes what is stored; of a point that could not be stored, what is known in this visit. */
  async #change(key: string, change: ChangeRecord, batch?: Batch): Promise<void> {
    const storing = this.#unstored.has(key)
      ? undefined
      : await this.#stored(this.#storage.change(key, change, batch).then((record) => ({ record })));
    if (!storing) this.#unstored.add(key);
    this.#records.set(key, storing ? storing.record : change(this.#records.get(key)));
  }

  /** Forgets everything of these points. */
  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.#records.set(key, undefined);
      this.#batches.delete(key);
      this.#unstored.delete(key);
    }
    await this.#stored(this.#storage.remove(keys));
  }

  /** Frees the memory of all batches but those of these points. */
  releaseOthers(keys: readonly string[]): void {
    const needed = new Set(keys);
    for (const key of this.#batches.keys()) if (!needed.has(key)) this.#batches.delete(key);
  }
}

/** Whether these are a point's batches: another tab may have changed it since they were read. */
function areOf(record: PointRecord | undefined, batches: readonly Batch[]): boolean {
  const { samples = 0, starts = [] } = record ?? {};
  const count = batches.reduce((sum, { labels }) => sum + labels.length, 0);
  return count === samples && String(batches.map(({ start }) => start)) === String(starts);
}
