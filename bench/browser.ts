import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { type Browser, chromium, type Page } from 'playwright';
import { ensureChromium } from '../scripts/chromium.mjs';
import type { Backend, BackendInfo } from '../src/engine/protocol';
import { costOf } from './node';
import type { Opened } from './page/main';
import type { ModelSubject } from './per-model';
import type { DeviceCounts } from './settings';

/** Flags for a GPU where there is one, and for the adapter that Chromium imitates on the CPU. */
const GPU_FLAGS = {
  hardware: ['--enable-features=Vulkan', '--ignore-gpu-blocklist'],
  software: ['--use-webgpu-adapter=swiftshader'],
} as const;
export type Gpu = keyof typeof GPU_FLAGS;

const SOFTWARE_NAMES = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

export async function launch(gpu: Gpu): Promise<Browser> {
  return chromium.launch({
    executablePath: await ensureChromium(),
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--disable-background-networking',
      ...GPU_FLAGS[gpu],
    ],
  });
}

export function isSoftware({ backend, adapter }: BackendInfo): boolean {
  return backend === 'webgpu' && SOFTWARE_NAMES.test(adapter);
}

/** Which flags give this machine a WebGPU adapter; undefined: none do. */
export async function findGpu(site: string): Promise<Gpu | undefined> {
  for (const gpu of ['hardware', 'software'] as const) {
    const browser = await launch(gpu);
    try {
      const page = await browser.newPage();
      await page.goto(`${site}bench/page/index.html`);
      const found = await page.evaluate(async () => {
        const gpu = (navigator as { gpu?: { requestAdapter(): Promise<object | null> } }).gpu;
        return Boolean(await gpu?.requestAdapter().catch(() => null));
      });
      if (found) return gpu;
    } finally {
      await browser.close();
    }
  }
  return undefined;
}

export interface BrowserSubject extends ModelSubject {
  readonly info: BackendInfo;
}

/** The engine in the benchmark's own page, and the plain loop on that page's main thread. */
export async function openBrowserSubject(
  page: Page,
  site: string,
  model: string,
  backend: Backend,
): Promise<BrowserSubject> {
  await page.goto(`${site}bench/page/index.html`);
  await page.waitForFunction(() => 'bench' in window);
  const before = await rendererMb(page);
  const { info, numClasses, companions, flopsPerForward }: Opened = await page.evaluate(
    ([model, backend]) => window.bench.open(model, backend),
    [model, backend] as const,
  );
  const after = await rendererMb(page);
  const counts = info.backend === 'webgpu' ? await countingCalls(page) : undefined;
  return {
    backend,
    device: deviceName(info),
    info,
    numClasses,
    companions,
    ...(counts && { counts }),
    model,
    precision: info.precision,
    maxBatch: info.maxBatch,
    flopsPerForward: costOf({ id: model, flopsPerForward }),
    memoryMb: before === undefined || after === undefined ? undefined : after - before,
    openProducts: (flops) => page.evaluate((f) => window.bench.openProducts(f), flops),
    runProducts: (times) => page.evaluate((t) => window.bench.runProducts(t), times),
    run: (settings) => page.evaluate((s) => window.bench.run(s), settings),
    runPlain: (settings) => page.evaluate((s) => window.bench.runPlain(s), settings),
    difference: () => page.evaluate(() => window.bench.difference()),
  };
}

/** Counts in the engine's worker from now on. */
async function countingCalls(page: Page): Promise<() => Promise<DeviceCounts>> {
  const script = readFileSync(new URL('./page/count-calls.js', import.meta.url), 'utf8');
  const workers = page.workers();
  for (const worker of workers) await worker.evaluate(script);
  return async () => {
    const all = await Promise.all(
      workers.map((worker): Promise<DeviceCounts> => worker.evaluate('self.deviceCounts')),
    );
    const sum = (name: keyof DeviceCounts) => all.reduce((total, one) => total + one[name], 0);
    return {
      dispatches: sum('dispatches'),
      submits: sum('submits'),
      readBacks: sum('readBacks'),
    };
  };
}

export function deviceName({ backend, adapter, threads }: BackendInfo): string {
  if (backend === 'webgpu') return adapter;
  return `${threads} thread${threads === 1 ? '' : 's'}`;
}

/** Memory of the pages' processes in MB, wasm and workers included; Linux alone tells it so simply. */
async function rendererMb(page: Page): Promise<number | undefined> {
  if (platform() !== 'linux') return undefined;
  const session = await page.context().browser()?.newBrowserCDPSession();
  const info = await session?.send('SystemInfo.getProcessInfo');
  await session?.detach();
  const pages = info?.processInfo.filter(({ type }) => type === 'renderer') ?? [];
  const kilobytes = pages.map(({ id }) => {
    const status = readFileSync(`/proc/${id}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  });
  return kilobytes.reduce((sum, kb) => sum + kb, 0) / 1000;
}
