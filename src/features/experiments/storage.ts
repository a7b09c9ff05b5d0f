import type { UseStore } from 'idb-keyval';
import type { PointFigures } from '../../diffusion/metrics/point';

/** Samples of one request, as metrics need them. */
export interface Batch {
  /** Which of the point's samples they are: start … start + labels.length. */
  readonly start: number;
  /** The classes asked for. */
  readonly labels: readonly number[];
  /** [batch, classes] and [batch, features] of the feature network. */
  readonly logits: Float32Array;
  readonly features: Float32Array;
  /** Bytes [batch, channels, height, width]; none of samples that are never shown. */
  readonly pictures: Uint8Array | undefined;
}

/** What is known of a point beside its samples. */
export interface PointRecord {
  readonly samples: number;
  /** Where its batches start. */
  readonly starts: readonly number[];
  /** The feature network's id; every figure is named after it. */
  readonly network: string;
  /** Network evaluations a sample. */
  readonly nfe: number;
  /** Time of all its runs. */
  readonly seconds: number;
  /** ISO 8601, of the newest batch. */
  readonly date: string;
  /** As they were measured on the way, by their `samples`. */
  readonly figures: readonly PointFigures[];
}

/** The batches of the first samples; the last one may be cut. */
export function firstSamples(batches: readonly Batch[], count: number): Batch[] {
  const first: Batch[] = [];
  for (const batch of batches) {
    const left = count - batch.start;
    if (left <= 0) break;
    const all = batch.labels.length;
    if (left >= all) first.push(batch);
    else {
      first.push({
        ...batch,
        labels: batch.labels.slice(0, left),
        logits: batch.logits.subarray(0, (batch.logits.length / all) * left),
        features: batch.features.subarray(0, (batch.features.length / all) * left),
      });
    }
  }
  return first;
}

/** Where computed points are kept between visits. */
export interface ExperimentStorage {
  records(keys: readonly string[]): Promise<(PointRecord | undefined)[]>;
  batches(key: string, starts: readonly number[]): Promise<(Batch | undefined)[]>;
  /** Puts record and batch at once, or neither. */
  put(key: string, record: PointRecord, batch?: Batch): Promise<void>;
  /** Removes these points, and the batches that start there, all at once or none. */
  remove(
    points: readonly { readonly key: string; readonly starts: readonly number[] }[],
  ): Promise<void>;
  /** Files that were brought along, as text, by their names. */
  files(): Promise<readonly (readonly [name: string, text: string])[]>;
  putFile(name: string, text: string): Promise<void>;
  removeFile(name: string): Promise<void>;
}

/** In the browser's IndexedDB, beyond a reload. Opened by the first call. */
export function browserStorage(): ExperimentStorage {
  const load = () => import('idb-keyval');
  let opened: UseStore | undefined;
  const open = async () => {
    opened ??= (await load()).createStore('guidance-experiments', 'points');
    return opened;
  };
  const recordKey = (key: string) => `point ${key}`;
  const batchKey = (key: string, start: number) => `batch ${start} ${key}`;
  const fileKey = (name: string) => `file ${name}`;
  return {
    async records(keys) {
      const { getMany } = await load();
      return getMany<PointRecord>(keys.map(recordKey), await open());
    },
    async batches(key, starts) {
      const { getMany } = await load();
      return getMany<Batch>(
        starts.map((start) => batchKey(key, start)),
        await open(),
      );
    },
    async put(key, record, batch) {
      const { setMany } = await load();
      const entries: [string, PointRecord | Batch][] = [[recordKey(key), record]];
      if (batch) entries.push([batchKey(key, batch.start), batch]);
      await setMany(entries, await open());
    },
    async remove(points) {
      const { delMany } = await load();
      const keys = points.flatMap(({ key, starts }) => [
        recordKey(key),
        ...starts.map((start) => batchKey(key, start)),
      ]);
      await delMany(keys, await open());
    },
    async files() {
      const { getMany, keys } = await load();
      const names = (await keys<string>(await open())).filter((key) => key.startsWith(fileKey('')));
      const texts = await getMany<string>(names, await open());
      return names.map((name, i) => [name.slice(fileKey('').length), texts[i] ?? ''] as const);
    },
    async putFile(name, text) {
      const { set } = await load();
      await set(fileKey(name), text, await open());
    },
    async removeFile(name) {
      const { del } = await load();
      await del(fileKey(name), await open());
    },
  };
}
