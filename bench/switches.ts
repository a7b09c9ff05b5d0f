// npm run switches: whether the page grows while it goes from one network to another and back, and by
// how much with the films that the guidance rail plays.
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright';
import { findGpu, type Gpu, launch } from './browser';
import { serveSite } from './site';
import { address } from './visit';

/** One grey, one in colour: other sizes, other shapes, other companions. */
const NETWORKS = ['letters', 'tiny-colour'] as const;
/** For an adapter that is imitated on the CPU, and takes minutes for letters. */
const SMALL_NETWORKS = ['tiny', 'tiny-colour'] as const;
type Networks = typeof NETWORKS | typeof SMALL_NETWORKS;
const SWITCHES = 20;
/** Measured after each of so many, always with the first network loaded. */
const EVERY = 10;

interface Memory {
  readonly switches: number;
  /** As the browser accounts for it: page and worker, WebAssembly included. */
  readonly totalBytes: number;
  /** Resident memory of the page's process. */
  readonly processBytes: number;
  /** Of the process that works the GPU. */
  readonly gpuProcessBytes: number;
}

const backends = process.argv.slice(2);
const known = ['wasm', 'webgpu'] as const;
const wanted = known.filter((name) => backends.length === 0 || backends.includes(name));
if (backends.some((name) => !known.some((backend) => backend === name))) {
  console.error(`The arguments must be backends out of ${known.join(', ')}, got ${backends}`);
  process.exit(2);
}

const site = await serveSite();
try {
  for (const backend of wanted) {
    const gpu = backend === 'wasm' ? 'software' : await findGpu(site.url);
    if (gpu) await measure(backend, gpu);
    else console.log(`${backend} was not measured: the browser offers no adapter here`);
  }
} finally {
  await site.close();
}

async function measure(backend: (typeof known)[number], gpu: Gpu): Promise<void> {
  const browser = await launch(gpu);
  try {
    const page = await browser.newPage();
    const networks: Networks =
      backend === 'webgpu' && gpu === 'software' ? SMALL_NETWORKS : NETWORKS;
    const [first] = networks;
    const scene = { model: first, backend, n: 1, steps: 1, scale: 3, lang: 'en' };
    await page.goto(address(site.url, scene));
    await settled(page, first);
    const system = await browser.newBrowserCDPSession();
    const heap = await page.context().newCDPSession(page);
    const found = [await memory(page, system, heap, 0)];
    for (let switches = 1; switches <= SWITCHES; switches++) {
      await switchTo(page, networks[switches % networks.length]!);
      if (switches % EVERY === 0) found.push(await memory(page, system, heap, switches));
    }
    report(backend, networks, found);
    if (backend === 'wasm') await measureFilms(browser, system);
  } finally {
    await browser.close();
  }
}

/** Films on other noise each: what is kept of them has a bound, `CACHE_BYTES`. */
const FILMS = 8;

async function measureFilms(browser: Browser, system: CDPSession): Promise<void> {
  const page = await browser.newPage();
  const heap = await page.context().newCDPSession(page);
  const scene = { model: 'emoji', backend: 'wasm', n: 16, steps: 12, scale: 3, lang: 'en' };
  await page.goto(address(site.url, { ...scene, film: 'off' }));
  await settled(page, 'emoji');
  const without = (await memory(page, system, heap, 0)).totalBytes;
  await page.goto(address(site.url, scene));
  console.log('\nFilms of sixteen emoji at twelve steps, on wasm: MB of page and worker\n');
  console.log('| films | MB | more than without |');
  console.log('|--:|--:|--:|');
  for (let films = 1; films <= FILMS; films++) {
    if (films > 1) await page.locator('#seed').fill(String(100 + films));
    await settled(page, 'emoji');
    await page.waitForFunction(
      () =>
        Number(document.querySelector<SVGElement>('g[data-curve="variety"]')?.dataset.points) >= 12,
      undefined,
      { timeout: 600_000 },
    );
    if (films !== 1 && films !== FILMS) continue;
    const { totalBytes } = await memory(page, system, heap, 0);
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
    console.log(`| ${films} | ${megabytes(totalBytes)} | ${megabytes(totalBytes - without)} |`);
  }
}

async function switchTo(page: Page, id: string): Promise<void> {
  await page.locator('.model-button').click();
  await page.locator(`[data-model=${id}] .open`).click();
  await settled(page, id);
}

/** Waits until this network has drawn its picture. */
async function settled(page: Page, id: string): Promise<void> {
  await page.waitForFunction(
    (model) => document.querySelector('.model-button')?.getAttribute('data-loaded') === model,
    id,
    { timeout: 240_000 },
  );
  await page.waitForFunction(
    () =>
      document.querySelector('main')?.getAttribute('aria-busy') === 'false' &&
      document.querySelector('.column')?.getAttribute('data-status') === 'done',
    undefined,
    { timeout: 240_000 },
  );
}

async function memory(
  page: Page,
  system: CDPSession,
  heap: CDPSession,
  switches: number,
): Promise<Memory> {
  await heap.send('HeapProfiler.collectGarbage');
  await setTimeout(500);
  // Answers after the browser's next collection of garbage, which may take a minute.
  const measured = await page.evaluate(() =>
    (
      performance as unknown as {
        measureUserAgentSpecificMemory(): Promise<{ bytes: number; breakdown: unknown[] }>;
      }
    ).measureUserAgentSpecificMemory(),
  );
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  const residentOf = (type: string) =>
    Math.max(0, ...processInfo.filter((p) => p.type === type).map(({ id }) => resident(id)));
  return {
    switches,
    totalBytes: measured.bytes,
    processBytes: residentOf('renderer'),
    gpuProcessBytes: residentOf('GPU'),
  };
}

/** Resident bytes of a process, on Linux. */
function resident(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function report(backend: string, networks: Networks, found: readonly Memory[]): void {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)}`;
  console.log(`\n${backend}, ${networks.join(' and ')} in turn; MB with ${networks[0]} loaded\n`);
  console.log('| switches | page and worker | page’s process | GPU’s process |');
  console.log('|--:|--:|--:|--:|');
  for (const { switches, totalBytes, processBytes, gpuProcessBytes } of found) {
    const cells = [totalBytes, processBytes, gpuProcessBytes].map(megabytes);
    console.log(`| ${switches} | ${cells.join(' | ')} |`);
  }
}
