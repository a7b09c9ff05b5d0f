import { createHash } from 'node:crypto';
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
    delete: async (name: string) => all.delete(name),
    keys: async () => [...all.keys()],
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

test('what was kept under the name of before, which all sites shared, goes', async () => {
  const storage = memoryStorage();
  vi.stubGlobal('caches', storage);
  const models = 'https://host.invalid/one/models/';
  await (await storage.open('guidance-models')).put('https://models.invalid/a', new Response());
  await browserCache(models)?.put('a', new Uint8Array(1));
  await keptFiles(models).removeAllBut(new Set(['a']));
  expect(await storage.keys()).toEqual(['guidance-models /one/models/']);
  expect(await keptFiles(models).list()).toEqual(new Set(['a']));
});

test('storage that never answers is waited for once, and the network is loaded without it', async () => {
  vi.stubGlobal('caches', { open: () => new Promise(() => {}) });
  vi.useFakeTimers();
  try {
    vi.resetModules();
    const { loadModel } = await import('./download');
    const { browserCache } = await import('./cache');
    const weights = new TextEncoder().encode('weights');
    const sha256 = createHash('sha256').update(weights).digest('hex');
    const file = (name: string) => ({ name, bytes: weights.byteLength, sha256 });
    const manifest = {
      ...{ schema: 1, id: 'dots', title: 'Dots', role: 'features', shape: [1, 2, 2] },
      dataset: { name: 'Dots', licence: 'CC0', source: 'a test' },
      ...{ classes: ['one'], parameters: 1, flopsPerForward: 1 },
      files: [file('model.onnx'), file('more.onnx')],
    };
    const baseUrl = 'https://host.invalid/models/';
    const loading = loadModel('dots', {
      baseUrl,
      read: async (path) =>
        path.endsWith('.json') ? new TextEncoder().encode(JSON.stringify(manifest)) : weights,
    });
    await vi.advanceTimersByTimeAsync(4000);
    await expect(Promise.race([loading, 'waiting'])).resolves.toBe('waiting');
    await vi.advanceTimersByTimeAsync(2000);
    expect([...(await loading).files.keys()]).toEqual(['model.onnx', 'more.onnx']);
    // Whoever asks from now on is told at once.
    await expect(browserCache(baseUrl)?.keys()).rejects.toThrow('Cache Storage must answer within');
  } finally {
    vi.useRealTimers();
  }
});
