import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, createServer } from 'vite';
import { afterAll, expect, test } from 'vitest';
import { isolationPlugin } from './isolation';
import { testModelsPlugin } from './test-models';

const folder = mkdtempSync(join(tmpdir(), 'site-'));
const testModels = join(folder, 'test-models');
const publicModels = join(folder, 'public/models');
const base = { root: folder, configFile: false as const, logLevel: 'silent' as const };
const plugin = () => testModelsPlugin(testModels, publicModels);

write('index.html', '<!doctype html><html><head></head><body>page</body></html>');
write('public/models/index.json', '{ "schema": 1, "models": ["letters"], "default": "letters" }');
write('public/models/letters/manifest.json', '"letters"');
write('test-models/tiny/manifest.json', '"tiny"');
write('test-models/tiny/model.onnx', 'weights');
write('test-models/index.json', '"not for the site"');

afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

const bothModels = { schema: 1, models: ['letters', 'tiny'], default: 'letters' };

test('a build with the test models lists and holds them beside the shipped ones', async () => {
  await build({ ...base, plugins: [plugin()], build: { outDir: 'with' } });
  const read = (path: string) => readFileSync(join(folder, 'with/models', path), 'utf8');
  expect(JSON.parse(read('index.json'))).toEqual(bothModels);
  expect(read('letters/manifest.json')).toBe('"letters"');
  expect(read('tiny/model.onnx')).toBe('weights');
});

test('a build without the plugin holds the shipped models alone', async () => {
  await build({ ...base, plugins: [isolationPlugin()], build: { outDir: 'without' } });
  const index = readFileSync(join(folder, 'without/models/index.json'), 'utf8');
  expect(JSON.parse(index).models).toEqual(['letters']);
  expect(existsSync(join(folder, 'without/models/tiny'))).toBe(false);
});

test('a build carries the isolation worker and registers it by a relative address', async () => {
  await build({ ...base, base: './', plugins: [isolationPlugin()], build: { outDir: 'isolated' } });
  expect(existsSync(join(folder, 'isolated/coi-serviceworker.js'))).toBe(true);
  const html = readFileSync(join(folder, 'isolated/index.html'), 'utf8');
  expect(html).toContain("new URL('coi-serviceworker.js', document.baseURI)");
});

test('the dev server serves the test models and the shipped ones', async () => {
  const server = await createServer({
    ...base,
    plugins: [plugin(), isolationPlugin()],
    server: { port: 0, watch: null, ws: false },
  });
  try {
    await server.listen();
    const address = server.resolvedUrls?.local[0] ?? '';
    const get = async (path: string) => (await fetch(new URL(path, address))).text();
    expect(JSON.parse(await get('models/index.json'))).toEqual(bothModels);
    expect(await get('models/tiny/model.onnx')).toBe('weights');
    expect(await get('models/letters/manifest.json')).toBe('"letters"');
    expect(await get('models/tiny/..%2f..%2findex.html')).not.toBe('weights');
    expect(await get('')).not.toContain('coi-serviceworker');
  } finally {
    await server.close();
  }
});
