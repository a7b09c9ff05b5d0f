import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { damaged } from '../../e2e/fixtures/damage';
import { Choices } from '../../e2e/fixtures/random';
import type { ModelCache } from './cache';
import { type DownloadProgress, loadModel, loadModelIndex, loadTextEncoder } from './download';
import { type Bytes, fetchModelFile } from './sources';

const weights = new Uint8Array(200_000).map((_, i) => i % 251);
// Compared by their digests: element by element takes a second.
const digest = (bytes: Uint8Array | undefined) =>
  createHash('sha256')
    .update(bytes ?? '')
    .digest('hex');
const sha256 = digest(weights);
const manifest = {
  schema: 1,
  id: 'dots',
  title: 'Dots',
  role: 'features',
  dataset: { name: 'Dots', licence: 'CC0', source: 'a test' },
  shape: [1, 2, 2],
  classes: ['one'],
  parameters: 1,
  flopsPerForward: 1,
  files: [{ name: 'model.onnx', bytes: weights.byteLength, sha256 }],
};
const html = '<!doctype html><title>Page</title>';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const close of cleanUp.splice(0)) close();
  vi.unstubAllGlobals();
});

/** A site with the given files; `undefined` in place of a listener: 404. */
async function site(files: Record<string, string | Uint8Array | RequestListener>) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/sub/models/', '');
    requests.push(path);
    const content = files[path];
    if (typeof content === 'function') return content(request, response);
    response.statusCode = content === undefined ? 404 : 200;
    response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/sub/models/`, requests };
}

const complete = {
  'dots/manifest.json': JSON.stringify(manifest),
  'dots/model.onnx': weights,
};

function memoryCache(
  entries: Record<string, Bytes> = {},
): ModelCache & { kept: Map<string, Bytes> } {
  const kept = new Map(Object.entries(entries));
  return {
    kept,
    get: async (key) => kept.get(key),
    put: async (key, bytes) => void kept.set(key, bytes),
    delete: async (key) => void kept.delete(key),
    keys: async () => [...kept.keys()],
  };
}

test('what is longer than the manifest says is not read to its end', async () => {
  let sent = 0;
  const endless: RequestListener = (_, response) => {
    const more = () => {
      while (!response.destroyed && sent < 200_000_000) {
        sent += 65_536;
        if (!response.write(new Uint8Array(65_536))) return;
      }
      response.end();
    };
    response.on('drain', more);
    more();
  };
  const { baseUrl } = await site({ ...complete, 'dots/model.onnx': endless });
  const load = loadModel('dots', { baseUrl, cache: null });
  await expect(load).rejects.toThrow(/damaged: its size must be 200000 bytes, got more/);
  // What lies in the buffers of the connection is sent besides.
  expect(sent).toBeLessThan(50_000_000);
});

test('downloads with byte progress and checks the file', async () => {
  const { baseUrl } = await site(complete);
  const seen: DownloadProgress[] = [];
  const model = await loadModel('dots', { baseUrl, onProgress: (event) => seen.push(event) });
  expect(model.manifest).toEqual(manifest);
  expect(digest(model.files.get('model.onnx'))).toBe(sha256);
  expect(model.warnings).toEqual([]);
  const received = seen.map(({ receivedBytes }) => receivedBytes);
  expect(received).toEqual(received.toSorted((a, b) => a - b));
  expect(new Set(received).size).toBeGreaterThan(2);
  expect(seen.at(-1)).toEqual({
    file: 'model.onnx',
    receivedBytes: weights.byteLength,
    totalBytes: weights.byteLength,
    fromCache: false,
    waiting: false,
  });
});

test('no damage passes, on the way or in the cache', async () => {
  const choices = new Choices(1);
  const whole = weights.slice(0, 500);
  const file = { name: 'model.onnx', bytes: whole.byteLength, sha256: digest(whole) };
  const listed = new TextEncoder().encode(JSON.stringify({ ...manifest, files: [file] }));
  for (let i = 0; i < 200; i++) {
    const { kind, at, bytes } = damaged(whole, choices);
    const sent = { 'dots/manifest.json': listed, 'dots/model.onnx': bytes };
    const options = (content: Bytes, cache: ModelCache) => ({
      baseUrl: 'http://localhost/',
      cache,
      read: async (path: string) => ({ ...sent, 'dots/model.onnx': content })[path],
    });
    const empty = memoryCache();
    await expect(loadModel('dots', options(bytes, empty)), `${kind} at ${at}`).rejects.toThrow(
      /model\.onnx is (damaged|missing)/,
    );
    expect(empty.kept.size).toBe(0);
    const kept = memoryCache({ [file.sha256]: bytes });
    const { files } = await loadModel('dots', options(whole, kept));
    expect(digest(files.get('model.onnx')), `${kind} at ${at}`).toBe(file.sha256);
    expect(digest(kept.kept.get(file.sha256))).toBe(file.sha256);
  }
});

test('a second visit takes the file from the cache', async () => {
  const { baseUrl, requests } = await site(complete);
  const cache = memoryCache();
  await loadModel('dots', { baseUrl, cache });
  const seen: DownloadProgress[] = [];
  const { files } = await loadModel('dots', { baseUrl, cache, onProgress: (e) => seen.push(e) });
  expect(digest(files.get('model.onnx'))).toBe(sha256);
  expect(requests.filter((path) => path === 'dots/model.onnx')).toHaveLength(1);
  expect(seen.map(({ fromCache }) => fromCache)).toEqual([true]);
});

test('a damaged cache entry is replaced by a fresh download', async () => {
  const { baseUrl } = await site(complete);
  const damaged = weights.slice();
  damaged[7]! ^= 1;
  const cache = memoryCache({ [sha256]: damaged });
  const { files } = await loadModel('dots', { baseUrl, cache });
  expect(digest(files.get('model.onnx'))).toBe(sha256);
  expect(digest(cache.kept.get(sha256))).toBe(sha256);
});

test('a cache that fails altogether does not matter', async () => {
  const { baseUrl } = await site(complete);
  const fail = () => Promise.reject(new DOMException('denied', 'SecurityError'));
  const { files } = await loadModel('dots', {
    baseUrl,
    cache: { get: fail, put: fail, delete: fail, keys: fail },
  });
  expect(digest(files.get('model.onnx'))).toBe(sha256);
});

const flipped = weights.slice();
flipped[100_000]! ^= 1;

test.each<[string, Record<string, string | Uint8Array | RequestListener>, object]>([
  ['no such folder', {}, { kind: 'unknown-model', file: 'dots/manifest.json' }],
  [
    'a page in place of the manifest',
    { 'dots/manifest.json': html },
    { kind: 'unknown-model', file: 'dots/manifest.json' },
  ],
  [
    'a manifest of another model',
    { ...complete, 'dots/manifest.json': JSON.stringify({ ...manifest, id: 'lines' }) },
    { kind: 'invalid-manifest', message: expect.stringContaining('got "lines"') },
  ],
  [
    'no weights',
    { 'dots/manifest.json': complete['dots/manifest.json'] },
    { kind: 'missing-file', file: 'dots/model.onnx' },
  ],
  [
    'a page in place of the weights',
    {
      ...complete,
      'dots/model.onnx': (_, response) => {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(html);
      },
    },
    { kind: 'missing-file', file: 'dots/model.onnx' },
  ],
  [
    'a page without its content type',
    { ...complete, 'dots/model.onnx': html },
    { kind: 'missing-file', file: 'dots/model.onnx' },
  ],
  [
    'weights cut short',
    { ...complete, 'dots/model.onnx': weights.slice(0, 1000) },
    { kind: 'damaged-file', message: expect.stringContaining('must be 200000 bytes, got 1000') },
  ],
  [
    'one flipped bit',
    { ...complete, 'dots/model.onnx': flipped },
    { kind: 'damaged-file', message: expect.stringContaining(`must be ${sha256}, got`) },
  ],
  [
    'a server in trouble',
    {
      ...complete,
      'dots/model.onnx': (_, response) => {
        response.statusCode = 503;
        response.end();
      },
    },
    { kind: 'network', message: expect.stringContaining('503') },
  ],
  [
    'a connection that breaks off',
    {
      ...complete,
      'dots/model.onnx': (_, response) => {
        response.writeHead(200, { 'content-length': weights.byteLength });
        response.write(weights.subarray(0, 5000), () => response.destroy());
      },
    },
    { kind: 'network', file: 'dots/model.onnx' },
  ],
])('%s', async (_, files, error) => {
  const { baseUrl } = await site(files);
  const cache = memoryCache();
  const read = fetchModelFile(baseUrl, [1]);
  await expect(loadModel('dots', { baseUrl, cache, read })).rejects.toMatchObject({
    name: 'ModelError',
    ...error,
  });
  // What arrived before the connection broke serves the next attempt.
  expect([...cache.kept.keys()].filter((key) => !key.startsWith('part-'))).toEqual([]);
});

/** A server whose connections break after `most` bytes. @param version its ETag, where it has one */
function breaking(
  most: number,
  { ranges = true, version = () => undefined as string | undefined, content = () => weights } = {},
): { listener: RequestListener; ranges: (string | undefined)[] } {
  const asked: (string | undefined)[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(request.headers.range);
    const bytes = content();
    const tag = version();
    const same = request.headers['if-range'] === undefined || request.headers['if-range'] === tag;
    const from =
      ranges && same ? Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    if (from >= bytes.byteLength) {
      response.writeHead(416).end();
      return;
    }
    response.writeHead(from ? 206 : 200, {
      'content-length': bytes.byteLength - from,
      ...(from && { 'content-range': `bytes ${from}-${bytes.byteLength - 1}/${bytes.byteLength}` }),
      ...(tag && { etag: tag }),
    });
    const part = bytes.subarray(from, from + most);
    if (from + most >= bytes.byteLength) response.end(part);
    else response.write(part, () => setTimeout(() => response.destroy(), 5));
  };
  return { listener, ranges: asked };
}

describe('a connection that breaks', () => {
  test('goes on where it broke, however often that is', async () => {
    const { listener, ranges } = breaking(30_000, { version: () => '"1"' });
    const { baseUrl } = await site({ ...complete, 'dots/model.onnx': listener });
    const seen: DownloadProgress[] = [];
    const { files } = await loadModel('dots', {
      baseUrl,
      read: fetchModelFile(baseUrl, [1, 1]),
      onProgress: (progress) => seen.push(progress),
    });
    expect(digest(files.get('model.onnx'))).toBe(sha256);
    expect(ranges.slice(0, 3)).toEqual([undefined, 'bytes=30000-', 'bytes=60000-']);
    const received = seen.map(({ receivedBytes }) => receivedBytes);
    expect(received).toEqual(received.toSorted((a, b) => a - b));
    expect(seen.some(({ waiting }) => waiting)).toBe(true);
    expect(seen.at(-1)).toMatchObject({ receivedBytes: weights.byteLength, waiting: false });
  });

  test('starts over where the server knows no ranges', async () => {
    let most = 50_000;
    const { baseUrl } = await site({
      ...complete,
      'dots/model.onnx': (...args) => {
        breaking(most, { ranges: false }).listener(...args);
        most += 100_000;
      },
    });
    const { files } = await loadModel('dots', { baseUrl, read: fetchModelFile(baseUrl, [1, 1]) });
    expect(digest(files.get('model.onnx'))).toBe(sha256);
  });

  test('starts over where the file has changed meanwhile, by its ETag or by its SHA-256', async () => {
    for (const version of [(n: number) => `"${n}"`, () => undefined]) {
      let requests = 0;
      const { baseUrl } = await site({
        ...complete,
        'dots/model.onnx': (...args) => {
          const now = ++requests;
          const content = now === 1 ? new Uint8Array(weights.byteLength) : weights;
          const most = now === 1 ? 50_000 : weights.byteLength;
          breaking(most, { version: () => version(now), content: () => content }).listener(...args);
        },
      });
      const { files } = await loadModel('dots', { baseUrl, read: fetchModelFile(baseUrl, [1]) });
      expect(digest(files.get('model.onnx'))).toBe(sha256);
    }
  });

  test('is given up after some attempts; the next load goes on with what had arrived', async () => {
    let alive = false;
    let asked: string | undefined;
    const { baseUrl } = await site({
      ...complete,
      'dots/model.onnx': (request, response) => {
        if (alive) {
          asked = request.headers.range;
          breaking(weights.byteLength).listener(request, response);
        } else if (request.headers.range) response.destroy();
        else breaking(70_000).listener(request, response);
      },
    });
    const cache = memoryCache();
    const read = fetchModelFile(baseUrl, [1, 1]);
    await expect(loadModel('dots', { baseUrl, cache, read })).rejects.toMatchObject({
      kind: 'network',
    });
    expect(cache.kept.get(`part-${sha256}-0`)).toEqual(weights.subarray(0, 70_000));
    alive = true;
    const { files } = await loadModel('dots', { baseUrl, cache, read });
    expect(asked).toBe('bytes=70000-');
    expect(digest(files.get('model.onnx'))).toBe(sha256);
    expect([...cache.kept.keys()]).toEqual([sha256]);
  });

  test('or brings nothing more is told, and what had arrived is kept', async () => {
    const asked: (string | undefined)[] = [];
    const { baseUrl } = await site({
      ...complete,
      'dots/model.onnx': (request, response) => {
        asked.push(request.headers.range);
        const from = asked.length === 1 ? 0 : 5000;
        response.writeHead(from ? 206 : 200, {
          ...(from && { 'content-range': `bytes ${from}-199999/200000` }),
        });
        if (from === 0) response.write(weights.subarray(0, 5000));
        else response.flushHeaders();
      },
    });
    const cache = memoryCache();
    const seen: DownloadProgress[] = [];
    const load = loadModel('dots', {
      baseUrl,
      cache,
      read: fetchModelFile(baseUrl, [1, 1, 1], 2000),
      onProgress: (progress) => seen.push(progress),
    });
    await expect(load).rejects.toMatchObject({
      kind: 'network',
      message: expect.stringContaining('nothing has arrived for 2 s'),
    });
    // Once more, and not for ever.
    expect(asked).toEqual([undefined, 'bytes=5000-']);
    expect(seen.some(({ waiting }) => waiting)).toBe(true);
    expect(cache.kept.get(`part-${sha256}-0`)).toEqual(weights.subarray(0, 5000));
  });

  test('is not one that is slow', async () => {
    const { baseUrl } = await site({
      ...complete,
      'dots/model.onnx': (_, response) => {
        let sent = 0;
        const timer = setInterval(() => {
          response.write(weights.subarray(sent, sent + 25_000));
          sent += 25_000;
          if (sent < weights.byteLength) return;
          clearInterval(timer);
          response.end();
        }, 500);
      },
    });
    // 4 s in all.
    const read = fetchModelFile(baseUrl, [], 3000);
    const { files } = await loadModel('dots', { baseUrl, read });
    expect(digest(files.get('model.onnx'))).toBe(sha256);
  });

  test('of a page that has gone leaves what had arrived, piece by piece', async () => {
    let more = () => {};
    const asked: (string | undefined)[] = [];
    const { baseUrl } = await site({
      ...complete,
      'dots/model.onnx': (request, response) => {
        asked.push(request.headers.range);
        if (asked.length > 1) breaking(weights.byteLength).listener(request, response);
        else {
          response.writeHead(200, { 'content-length': weights.byteLength });
          response.write(weights.subarray(0, 50_000));
          more = () => response.write(weights.subarray(50_000, 120_000));
        }
      },
    });
    const cache = memoryCache();
    // Nothing is told to this one: its page is gone.
    loadModel('dots', { baseUrl, cache }).catch(() => {});
    const piece = (offset: number) => cache.kept.get(`part-${sha256}-${offset}`)?.byteLength ?? 0;
    await vi.waitFor(() => expect(piece(0)).toBe(50_000), 30_000);
    more();
    await vi.waitFor(() => expect(piece(50_000)).toBe(70_000), 30_000);
    const seen: DownloadProgress[] = [];
    const { files } = await loadModel('dots', {
      baseUrl,
      cache,
      onProgress: (progress) => seen.push(progress),
    });
    expect(asked).toEqual([undefined, 'bytes=120000-']);
    expect(seen[0]).toMatchObject({ receivedBytes: 120_000 });
    expect(digest(files.get('model.onnx'))).toBe(sha256);
    expect([...cache.kept.keys()]).toEqual([sha256]);
  });

  test.each([
    ['a damaged beginning', new Uint8Array(70_000)],
    ['a beginning as long as the file', new Uint8Array(weights.byteLength)],
  ])('%s is not built upon', async (_, start) => {
    const { baseUrl } = await site({
      ...complete,
      'dots/model.onnx': breaking(weights.byteLength).listener,
    });
    const cache = memoryCache({ [`part-${sha256}-0`]: start });
    const { files } = await loadModel('dots', { baseUrl, cache });
    expect(digest(files.get('model.onnx'))).toBe(sha256);
    expect([...cache.kept.keys()]).toEqual([sha256]);
  });
});

test('an id that is no folder name is never asked for', async () => {
  const { baseUrl, requests } = await site(complete);
  await expect(loadModel('../dots', { baseUrl })).rejects.toMatchObject({ kind: 'unknown-model' });
  expect(requests).toEqual([]);
});

test('aborting in the middle rejects with the reason, not with a ModelError', async () => {
  const { baseUrl } = await site({
    ...complete,
    'dots/model.onnx': (_, response) => {
      response.write(weights.subarray(0, 5000)); // and never more
    },
  });
  const controller = new AbortController();
  const loading = loadModel('dots', {
    baseUrl,
    signal: controller.signal,
    onProgress: ({ receivedBytes }) => {
      if (receivedBytes > 0) controller.abort(new Error('superseded'));
    },
  });
  await expect(loading).rejects.toThrow(/^superseded$/);
});

test('an address without crypto.subtle still loads, checks the size and says what is unchecked', async () => {
  vi.stubGlobal('crypto', {});
  const { baseUrl } = await site({ ...complete, 'dots/model.onnx': flipped });
  const { warnings } = await loadModel('dots', { baseUrl });
  expect(warnings).toEqual([expect.stringContaining('SHA-256 of dots was not checked')]);
  const short = await site({ ...complete, 'dots/model.onnx': weights.slice(1) });
  await expect(loadModel('dots', { baseUrl: short.baseUrl })).rejects.toMatchObject({
    kind: 'damaged-file',
  });
});

test('the index, and a reader in place of the network', async () => {
  const index = JSON.stringify({ schema: 1, models: ['dots'], default: 'dots' });
  const read = async (path: string) =>
    path === 'index.json' ? new TextEncoder().encode(index) : undefined;
  const options = { baseUrl: 'http://never.invalid/', read };
  expect((await loadModelIndex(options)).default).toBe('dots');
  await expect(loadModelIndex({ ...options, read: async () => undefined })).rejects.toMatchObject({
    kind: 'missing-file',
    file: 'index.json',
  });
});

test('leaves a reference on the server unless it is asked for', async () => {
  const file = (name: string) => ({ name, bytes: weights.byteLength, sha256 });
  const reference = { file: 'real.bin', split: 'test', pictures: 9, features: 2, kept: 4 };
  const { baseUrl, requests } = await site({
    'dots/manifest.json': JSON.stringify({
      ...manifest,
      reference,
      files: [file('model.onnx'), file('real.bin')],
    }),
    'dots/model.onnx': weights,
    'dots/real.bin': weights,
  });
  expect([...(await loadModel('dots', { baseUrl })).files.keys()]).toEqual(['model.onnx']);
  expect(requests).not.toContain('dots/real.bin');
  const { files } = await loadModel('dots', { baseUrl, reference: true });
  expect([...files.keys()]).toEqual(['model.onnx', 'real.bin']);
});

describe('a text encoder', () => {
  const text = (name: string, content: string) => ({
    name,
    bytes: content.length,
    sha256: digest(new TextEncoder().encode(content)),
  });
  const encoder = {
    schema: 1,
    id: 'words',
    title: 'Words',
    role: 'text-encoder',
    licence: 'CC0',
    source: 'a test',
    width: 2,
    longest: 4,
    words: 5,
    parameters: 1,
    files: [manifest.files[0], text('tokenizer.json', '{}'), text('zh.json', '[]')],
    lexicons: { zh: 'zh.json' },
  };
  const words = (about: object = encoder) => ({
    'words/manifest.json': JSON.stringify(about),
    'words/model.onnx': weights,
    'words/tokenizer.json': '{}',
    'words/zh.json': '[]',
  });

  test('comes with graph and tokeniser', async () => {
    const { baseUrl, requests } = await site(words());
    const { manifest: read, files } = await loadTextEncoder('words', { baseUrl });
    expect(read).toEqual(encoder);
    expect([...files.keys()]).toEqual(['model.onnx', 'tokenizer.json']);
    expect(requests).not.toContain('words/zh.json');
  });

  test('is no network of pictures, and the other way round', async () => {
    const { baseUrl, requests } = await site({ ...complete, ...words() });
    await expect(loadModel('words', { baseUrl })).rejects.toThrow(
      'words/manifest.json: "role" must be denoiser, weak, upsampler, classifier or features, got "text-encoder"',
    );
    await expect(loadTextEncoder('dots', { baseUrl })).rejects.toThrow(
      'dots/manifest.json: "role" must be text-encoder, got "features"',
    );
    expect(requests).toEqual(['words/manifest.json', 'dots/manifest.json']);
  });

  test('without a tokeniser is refused', async () => {
    const files = [manifest.files[0], encoder.files[2]];
    const { baseUrl } = await site(words({ ...encoder, files }));
    await expect(loadTextEncoder('words', { baseUrl })).rejects.toThrow(
      'words/manifest.json: "files" must list tokenizer.json, got model.onnx, zh.json',
    );
  });
});
