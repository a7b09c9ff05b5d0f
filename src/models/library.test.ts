import { expect, test } from 'vitest';
import { keptFiles, readCatalogue } from './library';
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
  const files: Record<string, unknown> = {
    'index.json': { schema: 1, models: ['dots', 'lost', 'bars'], default: 'dots' },
    'dots/manifest.json': manifest('dots'),
    'bars/manifest.json': { ...manifest('bars'), shape: [1] },
  };
  const { manifests, problems, ...rest } = await readCatalogue({
    baseUrl: 'http://never.invalid/',
    read: async (path) =>
      files[path] === undefined ? undefined : new TextEncoder().encode(JSON.stringify(files[path])),
  });
  expect(rest).toEqual({ default: 'dots' });
  expect(manifests).toEqual([manifest('dots')]);
  expect(problems).toEqual([
    expect.stringContaining('"lost"'),
    expect.stringContaining('bars/manifest.json: "shape'),
  ]);
});

test('kept files are deleted with the beginnings of unfinished ones; others stay', async () => {
  const kept = new Map<string, Bytes>(
    ['a', 'part-b', 'c', 'part-c', 'old'].map((key) => [key, new Uint8Array(1)]),
  );
  const files = keptFiles({
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
