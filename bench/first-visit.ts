// npm run first-visit [-- MODEL]: what a first and a second visit fetch, how large and when, on WebAssembly.
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { BrowserContext } from 'playwright';
import { launch } from './browser';
import { serveSite } from './site';
import { address } from './visit';

/** A file that a visit has fetched. Times in ms since the navigation. */
interface Fetched {
  readonly path: string;
  readonly begunAt: number;
  readonly endedAt: number;
  /** As they came over the network, and unpacked. */
  readonly bytes: number;
  readonly whole: number;
  readonly gzip: number;
  readonly brotli: number;
}

const SIZES = ['bytes', 'whole', 'gzip', 'brotli'] as const;
const PARTS = [
  ['the page: document, program, styles, fonts', /\.(html|js|css|woff2|webp|svg|png|json)$|\/$/],
  ['the inference runtime', /\.wasm$|ort[-.][\w.-]*\.m?js$/],
  ['networks and what is said of them', /\/models\//],
] as const;

function partOf(path: string): string {
  // The most special one is the last.
  return PARTS.findLast(([, pattern]) => pattern.test(path))?.[0] ?? 'other';
}

/** Opens the page and waits until all its columns are drawn; returns what came over the network. */
async function visit(context: BrowserContext, url: string) {
  const page = await context.newPage();
  const fetched: Promise<Fetched>[] = [];
  const start = Date.now();
  context.on('requestfinished', (request) => {
    fetched.push(
      (async () => {
        const endedAt = Date.now() - start;
        const response = await request.response();
        const timing = request.timing();
        // Neither the browser's cache nor a service worker is the network.
        const kept = !response || response.fromServiceWorker() || timing.responseStart < 0;
        const { responseBodySize } = await request.sizes().catch(() => ({ responseBodySize: 0 }));
        const { pathname } = new URL(request.url());
        const about = { path: pathname, begunAt: timing.startTime - start, endedAt };
        if (kept || responseBodySize <= 0)
          return { ...about, bytes: 0, whole: 0, gzip: 0, brotli: 0 };
        const body = await response.body().catch(() => Buffer.alloc(0));
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
        const [gzip, brotli] = [gzipSync(body).length, brotliCompressSync(body, { params }).length];
        return { ...about, bytes: responseBodySize, whole: body.length, gzip, brotli };
      })(),
    );
  });
  await page.goto(url);
  await page.waitForFunction(
    () => {
      const columns = [...document.querySelectorAll<HTMLElement>('.column')];
      return columns.some(({ dataset }) => dataset.status === 'done');
    },
    undefined,
    { timeout: 600_000 },
  );
  const drawnAt = Date.now() - start;
  const files = (await Promise.all(fetched)).filter(({ bytes }) => bytes > 0);
  context.removeAllListeners('requestfinished');
  await page.close();
  return { drawnAt, files };
}

const [model] = process.argv.slice(2);
const site = await serveSite();
const browser = await launch('software');
try {
  const context = await browser.newContext();
  const settings = { backend: 'wasm', lang: 'en', film: 'off', ...(model && { model }) };
  const url = address(site.url, settings);
  for (const name of ['first', 'second']) {
    const { drawnAt, files } = await visit(context, url);
    console.log(
      `\nThe ${name} visit: ${(drawnAt / 1000).toFixed(1)} s to the first drawn column\n`,
    );
    if (files.length === 0) {
      console.log('Nothing came over the network.');
      continue;
    }
    console.log('| part | files | MB fetched | unpacked | gzip | brotli | begun | there |');
    console.log('|---|--:|--:|--:|--:|--:|--:|--:|');
    const parts = new Map<string, Fetched[]>();
    for (const file of files) {
      const part = partOf(file.path);
      parts.set(part, [...(parts.get(part) ?? []), file]);
    }
    const sum = (of: readonly Fetched[], key: (typeof SIZES)[number]) =>
      (of.reduce((total, file) => total + file[key], 0) / 1e6).toFixed(2);
    for (const [part, of] of [...parts, ['all', files] as const]) {
      const begun = Math.min(...of.map(({ begunAt }) => begunAt));
      const there = Math.max(...of.map(({ endedAt }) => endedAt));
      const sizes = SIZES.map((key) => sum(of, key));
      const times = [begun, there].map((ms) => `${(ms / 1000).toFixed(2)} s`);
      console.log(`| ${[part, of.length, ...sizes, ...times].join(' | ')} |`);
    }
    if (name === 'second') for (const { path, bytes } of files) console.log(`  ${path} ${bytes}`);
  }
} finally {
  await browser.close();
  await site.close();
}
