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
  const open = () => caches.open(`guidance-models ${new URL(baseUrl).pathname}`);
  // Cache Storage wants addresses as keys; these are never fetched.
  const folder = 'https://models.invalid/';
  return {
    async get(key) {
      const response = await (await open()).match(folder + key);
      return response && new Uint8Array(await response.arrayBuffer());
    },
    async put(key, bytes) {
      await (await open()).put(folder + key, new Response(bytes));
    },
    async delete(key) {
      await (await open()).delete(folder + key);
    },
    async keys() {
      const kept = await (await open()).keys();
      return kept.map(({ url }) => url.slice(folder.length));
    },
  };
}
