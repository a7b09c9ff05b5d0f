import { askingInTime, inTime } from './in-time';
import type { Bytes } from './sources';

/** Bytes kept between visits, by a key. Its failures are never fatal. */
export interface ModelCache {
  get(key: string): Promise<Bytes | undefined>;
  put(key: string, bytes: Bytes): Promise<void>;
  delete(key: string): Promise<void>;
  keys(): Promise<readonly string[]>;
}

/**
 * The browser's Cache Storage; undefined where there is none (Node, insecure addresses).
 *
 * @param baseUrl absolute address of the models folder: other sites of the origin have caches of their own
 */
export function browserCache(baseUrl: string): ModelCache | undefined {
  if (!('caches' in globalThis)) return undefined;
  const name = `guidance-models ${new URL(baseUrl).pathname}`;
  const open = () => ask(() => caches.open(name));
  // Cache Storage wants addresses as keys; these are never fetched.
  const folder = 'https://models.invalid/';
  return {
    async get(key) {
      const cache = await open();
      const response = await ask(() => cache.match(folder + key));
      return response && new Uint8Array(await response.arrayBuffer());
    },
    async put(key, bytes) {
      const cache = await open();
      await inTime(cache.put(folder + key, new Response(bytes)), CACHE, WRITTEN_MS);
    },
    async delete(key) {
      const cache = await open();
      await ask(() => cache.delete(folder + key));
    },
    async keys() {
      const cache = await open();
      const kept = await ask(() => cache.keys());
      return kept.map(({ url }) => url.slice(folder.length));
    },
  };
}

/** Deletes what is left of the time when all sites of an origin kept their networks in one cache. */
export async function deleteFormerCache(): Promise<void> {
  if ('caches' in globalThis) await ask(() => caches.delete('guidance-models'));
}

const CACHE = 'Cache Storage';
const ask = askingInTime(CACHE);

/** A disk may take long to write a network. */
const WRITTEN_MS = 30_000;
