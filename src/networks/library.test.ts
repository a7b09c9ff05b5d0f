import { expect, test } from 'vitest';
import { keptFiles, readCatalogue, sharedCatalogue } from './library';
import type { Bytes } from './sources';

const manifest = (id: string) => ({
  schema: 1,
  id,
  title: id,
  role: 'denoiser',
  dataset: { name: 'Dots', licence: 'CC0', source: 'a test' },
  shape: [1, 2, 2],
  classes: ['one'],
  sigma: { min: 0.1, max: 1 },
  parameters: 1,
  flopsPerForward: 1,
  files: [{ name: 'model.onnx', bytes: 1, sha256: 'a'.repeat(64) }],
});

test('the catalogue has every network whose manifest can be read, and says which cannot', async () => {
  const { title, parameters, files: own } = manifest('words');
  const words = {
    ...{ schema: 1, id: 'words', role: 'text-encoder', title, parameters, files: own },
    ...{ licence: 'CC0', source: 'a test', width: 4, longest: 8, words: 9 },
  };
  const files: Record<string, unknown> = {
    'index.json': { schema: 1, models: ['dots', 'lost', 'bars', 'words'], default: 'dots' },
    'dots/manifest.json': manifest('dots'),
    'words/manifest.json': words,
    'bars/manifest.json': { ...manifest('bars'), shape: [1] },
  };
  const { manifests, problems, ...rest } = await readCatalogue({
    baseUrl: 'http://never.invalid/',
    read: async (path) =>
      files[path] === undefined ? undefined : new TextEncoder().encode(JSON.stringify(files[path])),
  });
  expect(rest).toEqual({ default: 'dots', encoders: [words] });
  expect(manifests).toEqual([manifest('dots')]);
  expect(problems).toEqual([
    expect.stringContaining('"lost"'),
    expect.stringContaining('bars/manifest.json: "shape'),
  ]);
});

test('a shared catalogue is read once, and again only where it was not whole', async () => {
  const files: Record<string, unknown> = {};
  let indexReads = 0;
  const catalogue = sharedCatalogue({
    baseUrl: 'http://never.invalid/',
    read: async (path) => {
      if (path === 'index.json') indexReads++;
      const content = files[path];
      return content === undefined ? undefined : new TextEncoder().encode(JSON.stringify(content));
    },
  });
  await expect(catalogue()).rejects.toThrow('index.json');
  files['index.json'] = { schema: 1, models: ['dots'], default: 'dots' };
  expect((await catalogue()).problems).toHaveLength(1);
  files['dots/manifest.json'] = manifest('dots');
  const [first, second] = await Promise.all([catalogue(), catalogue()]);
  expect(first.manifests).toHaveLength(1);
  expect(second).toBe(first);
  expect(await catalogue()).toBe(first);
  expect(indexReads).toBe(3);
});

test('kept files are deleted with the beginnings of unfinished ones; others stay', async () => {
  const kept = new Map<string, Bytes>(
    ['a', 'part-b-0', 'part-b-7', 'c', 'part-c-0', 'old', 'part-old-0'].map((key) => [
      key,
      new Uint8Array(1),
    ]),
  );
  const files = keptFiles('http://never.invalid/', {
    get: async (key) => kept.get(key),
    put: async (key, bytes) => void kept.set(key, bytes),
    delete: async (key) => void kept.delete(key),
    keys: async () => [...kept.keys()],
  });
  await files.removeAllBut(new Set(['a', 'b', 'c']));
  expect(await files.list()).toEqual(new Set(['a', 'part-b', 'c', 'part-c']));
  await files.remove(['b', 'c']);
  expect(await files.list()).toEqual(new Set(['a']));
});
