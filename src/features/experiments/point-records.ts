import type { PointFigures } from '../../diffusion/metrics/point';
import type { PointSamples } from './state';
import type { Batch, ExperimentStorage, PointRecord } from './storage';

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
  readonly #batches = new Map<string, Batch[]>();

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
    if (known) return known;
    const record = this.#records.get(key);
    const found = record ? await this.#storage.batches(key, record.starts) : [];
    const complete = found.filter((batch) => batch !== undefined);
    // Browsers may forget: what is not whole is drawn again.
    if (complete.length < found.length) this.#records.set(key, undefined);
    const batches = complete.length < found.length ? [] : complete;
    this.#batches.set(key, batches);
    return batches;
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

  /** Continues a point by a batch. It counts once it is stored, so that a reload loses nothing shown. */
  async add(
    key: string,
    batch: Batch,
    { network, nfe, totalMs }: { network: string; nfe: number; totalMs: number },
  ): Promise<void> {
    const batches = [...(this.#batches.get(key) ?? []), batch];
    const before = this.#records.get(key);
    const record: PointRecord = {
      samples: batch.start + batch.labels.length,
      starts: batches.map(({ start }) => start),
      network,
      nfe,
      seconds: (before?.seconds ?? 0) + totalMs / 1000,
      date: new Date().toISOString(),
      figures: before?.figures ?? [],
    };
    this.#batches.set(key, batches);
    await this.#stored(this.#storage.put(key, record, batch));
    this.#records.set(key, record);
  }

  /** Adds a point's figures at one count, in place of those at the same count. */
  async addFigures(key: string, figures: PointFigures): Promise<void> {
    const record = this.#records.get(key);
    if (!record) return;
    const others = record.figures.filter(({ samples }) => samples !== figures.samples);
    const all = [...others, figures].toSorted((a, b) => a.samples - b.samples);
    const changed = { ...record, figures: all };
    this.#records.set(key, changed);
    await this.#stored(this.#storage.put(key, changed));
  }

  /** Forgets everything of these points. */
  async remove(keys: readonly string[]): Promise<void> {
    const points = keys.map((key) => ({ key, starts: this.#records.get(key)?.starts ?? [] }));
    for (const key of keys) {
      this.#records.set(key, undefined);
      this.#batches.delete(key);
    }
    await this.#stored(this.#storage.remove(points));
  }

  /** Frees the memory of all batches but those of these points. */
  releaseOthers(keys: readonly string[]): void {
    const needed = new Set(keys);
    for (const key of this.#batches.keys()) if (!needed.has(key)) this.#batches.delete(key);
  }
}
