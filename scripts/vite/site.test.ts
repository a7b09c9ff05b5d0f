import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decode } from 'fast-png';
import { build, createServer, preview } from 'vite';
import { afterAll, expect, test } from 'vitest';
import { compressedPlugin } from './compressed';
import { HEADERS, headersPlugin, POLICY } from './headers';
import { thirdPartyNotices } from './notices';
import { offlinePlugin, siteFiles } from './offline';
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
  await build({ ...base, plugins: [offlinePlugin()], build: { outDir: 'without' } });
  const index = readFileSync(join(folder, 'without/models/index.json'), 'utf8');
  expect(JSON.parse(index).models).toEqual(['letters']);
  expect(existsSync(join(folder, 'without/models/tiny'))).toBe(false);
});

test('what is compressed beside a built file is that file, and no visit keeps both', async () => {
  write('public/words.json', JSON.stringify(Array.from({ length: 999 }, (_, i) => `word ${i}`)));
  write('public/icons/large.svg', `<svg>${'<path/>'.repeat(400)}</svg>`);
  const plugins = [offlinePlugin(), compressedPlugin()];
  await build({ ...base, base: './', plugins, build: { outDir: 'compressed' } });
  const out = join(folder, 'compressed');
  const files = readdirSync(out, { recursive: true, encoding: 'utf8' });
  const unpacked = { '.gz': gunzipSync, '.br': brotliDecompressSync };
  for (const [end, unpack] of Object.entries(unpacked)) {
    const packed = files.filter((file) => file.endsWith(end));
    expect(packed).toEqual(expect.arrayContaining([`words.json${end}`, `icons/large.svg${end}`]));
    for (const file of packed) {
      const bytes = readFileSync(join(out, file));
      const original = readFileSync(join(out, file.slice(0, -end.length)));
      expect(bytes.length).toBeLessThan(original.length);
      expect(unpack(bytes).equals(original), file).toBe(true);
    }
  }
  const kept = siteFiles(out).shell.map(({ url }) => url);
  expect(kept).toContain('icons/large.svg');
  expect(kept.filter((url) => /\.(gz|br)$/.test(url))).toEqual([]);
  for (const file of ['words.json', 'icons/large.svg']) rmSync(join(folder, 'public', file));
});

test('a build carries its service worker, which knows its files, and registers it by a relative address', async () => {
  const plugins = [plugin(), offlinePlugin()];
  await build({ ...base, base: './', plugins, build: { outDir: 'offline' } });
  const read = (path: string) => readFileSync(join(folder, 'offline', path), 'utf8');
  const { version, shell } = siteFiles(join(folder, 'offline'));
  const html = read('index.html');
  const [, written] = /<script src="\.\/register\.js" data-version="(\w+)">/.exec(html) ?? [];
  expect(written).toMatch(/^[0-9a-f]{16}$/);
  expect(read('register.js')).toContain("register('./service-worker.js')");
  const worker = read('service-worker.js');
  expect(worker).toContain(written);
  for (const { url } of shell) expect(worker.split(`url:\`${url}\``)).toHaveLength(2);
  expect(worker).not.toContain('SITE_FILES');
  // The page names its version, which is that of everything else.
  expect(version).not.toBe(written);
});

test('the service worker keeps what a visit without a connection needs, the page last', () => {
  const site = join(folder, 'site');
  const put = (path: string, content = '') => write(`site/${path}`, content);
  for (const path of [
    'index.html',
    'register.js',
    'service-worker.js',
    'THIRD-PARTY-NOTICES.txt',
    'manifest.webmanifest',
    'icons/icon.svg',
    'assets/index-aaaaaaaa.js',
    'assets/font-aaaaaaaa.woff2',
    'assets/font-aaaaaaaa.ttf',
    'assets/ort-aaaaaaaa.wasm',
    'models/index.json',
    'models/letters/manifest.json',
    'models/letters/thumbnail.png',
    'models/letters/model.onnx',
    'models/text-encoder/tokenizer.json',
    'e2e/harness/index.html',
  ]) {
    put(path);
  }
  const first = siteFiles(site);
  expect(first.shell.map(({ url }) => url)).toEqual([
    'assets/font-aaaaaaaa.woff2',
    'assets/index-aaaaaaaa.js',
    'icons/icon.svg',
    'manifest.webmanifest',
    'models/index.json',
    'models/letters/manifest.json',
    'models/letters/thumbnail.png',
    'register.js',
    'index.html',
  ]);
  expect(first.runtimes).toEqual(['assets/ort-aaaaaaaa.wasm']);
  const revisionOf = (files: typeof first, url: string) =>
    files.shell.find((file) => file.url === url)?.revision;
  expect(revisionOf(first, 'assets/index-aaaaaaaa.js')).toBe(null);
  expect(siteFiles(site)).toEqual(first);

  put('models/letters/manifest.json', 'another');
  const second = siteFiles(site);
  expect(second.version).not.toBe(first.version);
  for (const url of ['index.html', 'models/letters/manifest.json']) {
    expect(revisionOf(second, url)).not.toBe(revisionOf(first, url));
  }
  expect(revisionOf(second, 'register.js')).toBe(revisionOf(first, 'register.js'));
  put('models/letters/model.onnx', 'another');
  expect(siteFiles(site)).toEqual(second);
});

test('the installed app has the icons that its manifest names, in their sizes', () => {
  const root = fileURLToPath(new URL('../../public/', import.meta.url));
  const { icons } = JSON.parse(readFileSync(`${root}manifest.webmanifest`, 'utf8'));
  expect(icons.map(({ sizes }: { sizes: string }) => sizes)).toEqual(
    expect.arrayContaining(['any', '192x192', '512x512']),
  );
  for (const { src, sizes } of icons) {
    const file = readFileSync(root + src);
    if (sizes === 'any') expect(file.toString()).toMatch(/^<svg /);
    else {
      const { width, height } = decode(file);
      expect(`${width}x${height}`).toBe(sizes);
    }
  }
});

test('a built page has the policy, and nothing inside it that the policy forbids', async () => {
  const plugins = [offlinePlugin(), headersPlugin()];
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
  for (const name of [
    'react',
    'katex',
    'zustand',
    'd3-shape',
    'idb-keyval',
    'workbox-precaching',
  ]) {
    expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
  }
  expect(text).toContain('Permission is hereby granted');
  expect(text).not.toMatch(/^(vite|playwright) /m);
});

test('the dev server serves the test models and the shipped ones', async () => {
  const server = await createServer({
    ...base,
    plugins: [plugin(), offlinePlugin()],
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
    expect(await get('')).not.toContain('register.js');
  } finally {
    await server.close();
  }
});
