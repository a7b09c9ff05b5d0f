import { afterEach, expect, test, vi } from 'vitest';
import { browserCache } from './cache';
import { keptFiles } from './library';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Cache Storage in memory: caches by their names, responses by their addresses. */
function memoryStorage() {
  const all = new Map<string, Map<string, Response>>();
  return {
    async open(name: string) {
      const entries = all.get(name) ?? new Map<string, Response>();
      all.set(name, entries);
      return {
        match: async (url: string) => entries.get(url)?.clone(),
        put: async (url: string, response: Response) => void entries.set(url, response),
        delete: async (url: string) => entries.delete(url),
        keys: async () => [...entries.keys()].map((url) => ({ url })),
      };
    },
  };
}

test('two sites of one origin keep and delete their own files only', async () => {
  vi.stubGlobal('caches', memoryStorage());
  const bytes = new Uint8Array([1, 2, 3]);
  const [one, other] = ['https://host.invalid/one/models/', 'https://host.invalid/other/models/'];
  await browserCache(one)?.put('a', bytes);
  await browserCache(other)?.put('b', bytes);
  expect(await browserCache(one)?.get('a')).toEqual(bytes);
  expect(await keptFiles(one).list()).toEqual(new Set(['a']));
  // The other site lists other networks, or none.
  await keptFiles(one).removeAllBut(new Set());
  expect(await keptFiles(one).list()).toEqual(new Set());
  expect(await keptFiles(other).list()).toEqual(new Set(['b']));
});
