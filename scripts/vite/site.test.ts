import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, createServer, preview } from 'vite';
import { afterAll, expect, test } from 'vitest';
import { HEADERS, headersPlugin, POLICY } from './headers';
import { isolationPlugin } from './isolation';
import { thirdPartyNotices } from './notices';
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
  expect(html).toContain('<script src="./isolation.js">');
  const register = readFileSync(join(folder, 'isolated/isolation.js'), 'utf8');
  expect(register).toContain("new URL('coi-serviceworker.js', document.baseURI)");
});

test('a built page has the policy, and nothing inside it that the policy forbids', async () => {
  const plugins = [isolationPlugin(), headersPlugin()];
  await build({ ...base, base: './', plugins, build: { outDir: 'strict' } });
  const written = readFileSync(join(folder, 'strict/index.html'), 'utf8');
  const html = written.replaceAll('&#39;', "'");
  expect(html).toContain(`http-equiv="Content-Security-Policy" content="${POLICY}"`);
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
  expect(html).not.toMatch(/<style|\son\w+=|\sstyle=/);
});

test('the headers come with every answer, also with one that says nothing has changed', async () => {
  const served = await createServer({
    ...base,
    plugins: [headersPlugin()],
    server: { port: 0, watch: null, ws: false },
  });
  await build({ ...base, plugins: [], build: { outDir: 'previewed' } });
  const previewed = await preview({
    ...base,
    plugins: [headersPlugin()],
    build: { outDir: 'previewed' },
    preview: { port: 0 },
  });
  try {
    await served.listen();
    for (const server of [served, previewed]) {
      const address = new URL('models/index.json', server.resolvedUrls?.local[0] ?? '');
      const first = await fetch(address);
      const etag = first.headers.get('etag') ?? '';
      const again = await fetch(address, { headers: { 'If-None-Match': etag } });
      expect([first.status, again.status]).toEqual([200, 304]);
      for (const [name, value] of Object.entries(HEADERS)) {
        expect([first, again].map(({ headers }) => headers.get(name))).toEqual([value, value]);
      }
    }
  } finally {
    await served.close();
    await previewed.close();
  }
});

test('the licences of everything that is shipped are written out', () => {
  const text = thirdPartyNotices(fileURLToPath(new URL('../..', import.meta.url)));
  for (const name of ['react', 'katex', 'zustand', 'd3-shape', 'idb-keyval', 'coi-serviceworker']) {
    expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
  }
  expect(text).toContain('Permission is hereby granted');
  expect(text).not.toMatch(/^(vite|playwright) /m);
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
