import type { UseStore } from 'idb-keyval';
import { keepOnFullDisk } from '../../kit/keep-on-full-disk';
import { openedInTime } from '../../kit/opened-in-time';
import { type Batch, type PointRecord, readBatch, readRecord } from './kept';

/** What a change makes of the record that is stored. */
export type ChangeRecord = (stored: PointRecord | undefined) => PointRecord | undefined;

/** Where computed points are kept between visits, which other tabs may change at any time. */
export interface ExperimentStorage {
  /** Asks the browser to keep everything even when its disk gets full. */
  keep(): void;
  /** undefined: nothing is kept of the point, or nothing that can be read. */
  records(keys: readonly string[]): Promise<(PointRecord | undefined)[]>;
  batches(key: string, starts: readonly number[]): Promise<(Batch | undefined)[]>;
  /**
   * Reads a record, changes it and puts it back with its batch, in one transaction. Where the change
   * gives back what it was given, nothing is written, the batch neither.
   *
   * @returns what is stored then
   */
  change(key: string, change: ChangeRecord, batch?: Batch): Promise<PointRecord | undefined>;
  /** Removes these points with their batches, all at once or none. */
  remove(keys: readonly string[]): Promise<void>;
  /** Files that were brought along, as text, by their names. */
  files(): Promise<readonly (readonly [name: string, text: string])[]>;
  putFile(name: string, text: string): Promise<void>;
  removeFile(name: string): Promise<void>;
  /** What is kept and cannot be read: damaged, or of an older version of this page. */
  unreadable(): Promise<Unreadable>;
  /** Deletes what cannot be read. */
  removeUnreadable(): Promise<void>;
}

export interface Unreadable {
  /** Keys of points. */
  readonly points: readonly string[];
  /** Names of files. */
  readonly files: readonly string[];
}

const POINT = 'point ';
const FILE = 'file ';
const batchKey = (key: string, start: number) => `batch ${start} ${key}`;
/** A batch's key without where it starts. */
const BATCH = /^batch \d+ /;

/** In the browser's IndexedDB, beyond a reload. Opened by the first call. */
export function browserStorage(): ExperimentStorage {
  const load = () => import('idb-keyval');
  let opened: UseStore | undefined;
  const open = async () => {
    opened ??= openedInTime((await load()).createStore('guidance-experiments', 'points'));
    return opened;
  };
  const entries = async (start: string) => {
    const { getMany, keys } = await load();
    const all = await keys(await open());
    const found = all.filter((key) => typeof key === 'string' && key.startsWith(start)) as string[];
    const values = await getMany<unknown>(found, await open());
    return found.map((key, i) => [key.slice(start.length), values[i]] as const);
  };
  const unreadable = async (): Promise<Unreadable> => {
    const points = await entries(POINT);
    const files = await entries(FILE);
    return {
      points: points.filter(([, value]) => !readRecord(value)).map(([key]) => key),
      files: files.filter(([, text]) => typeof text !== 'string').map(([name]) => name),
    };
  };
  const remove = async (points: readonly string[], files: readonly string[]) => {
    const { promisifyRequest } = await load();
    const gone = new Set([
      ...points.map((key) => POINT + key),
      ...files.map((name) => FILE + name),
    ]);
    const ofPoint = new Set(points);
    const transact = await open();
    await transact('readwrite', async (store) => {
      for (const key of await promisifyRequest(store.getAllKeys())) {
        const text = String(key);
        const isBatch = BATCH.test(text) && ofPoint.has(text.replace(BATCH, ''));
        if (isBatch || gone.has(text)) store.delete(key);
      }
      await promisifyRequest(store.transaction);
    });
  };
  return {
    keep: keepOnFullDisk,
    async records(keys) {
      const { getMany } = await load();
      const values = await getMany<unknown>(
        keys.map((key) => POINT + key),
        await open(),
      );
      return values.map(readRecord);
    },
    async batches(key, starts) {
      const { getMany } = await load();
      const values = await getMany<unknown>(
        starts.map((start) => batchKey(key, start)),
        await open(),
      );
      return values.map((value, i) => readBatch(value, starts[i]!));
    },
    async change(key, change, batch) {
      const { promisifyRequest } = await load();
      const transact = await open();
      return transact('readwrite', async (store) => {
        const stored = readRecord(await promisifyRequest<unknown>(store.get(POINT + key)));
        const changed = change(stored);
        if (changed === stored) return stored;
        store.put(changed, POINT + key);
        if (batch) store.put(batch, batchKey(key, batch.start));
        await promisifyRequest(store.transaction);
        return changed;
      });
    },
    remove: (keys) => remove(keys, []),
    async files() {
      return (await entries(FILE)).filter(
        (entry): entry is readonly [string, string] => typeof entry[1] === 'string',
      );
    },
    async putFile(name, text) {
      const { set } = await load();
      await set(FILE + name, text, await open());
    },
    async removeFile(name) {
      const { del } = await load();
      await del(FILE + name, await open());
    },
    unreadable,
    async removeUnreadable() {
      const { points, files } = await unreadable();
      await remove(points, files);
    },
  };
}
