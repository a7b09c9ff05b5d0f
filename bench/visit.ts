import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright';
import type { Backend, RunFigures } from '../src/engine/protocol';
import { type Gpu, launch } from './browser';
import type { CanvasCost, FirstSample, Visit } from './results';
import { GUIDANCE_ON, type Plan } from './settings';
import { median } from './statistics';

/** A run of the real page as page/probe.js sees it; times since the navigation, in ms. */
export interface ProbedRun {
  readonly id: number;
  readonly samples: number;
  readonly numSteps: number;
  readonly requestedAt: number;
  doneAt?: number;
  paintedAt?: number;
  figures?: RunFigures;
}

interface Probe {
  readonly runs: ProbedRun[];
  judge: boolean;
  painted(count: number): Promise<void>;
}

declare global {
  interface Window {
    probe: Probe;
  }
}

type FinishedRun = Required<ProbedRun>;

/** The page's address for a model and backend, and whatever settings. */
export function address(site: string, settings: Readonly<Record<string, string | number>>): string {
  return `${site}?${Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join('&')}`;
}

async function openPage(context: BrowserContext | Browser, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript({ path: fileURLToPath(new URL('./page/probe.js', import.meta.url)) });
  await page.goto(url);
  return page;
}

/** Waits for the n-th painted run (from 0) of the page. */
async function paintedRun(page: Page, n: number): Promise<FinishedRun> {
  await page.evaluate((count) => window.probe.painted(count), n + 1);
  const runs = await page.evaluate(() => window.probe.runs);
  return runs.filter(({ paintedAt }) => paintedAt !== undefined)[n] as FinishedRun;
}

/**
 * The real page at one sample, guidance on: from the message that asks for it to the frame that
 * shows it finished, against the time in the network.
 */
export async function measureCanvas(
  browser: Browser,
  site: string,
  model: string,
  where: { readonly backend: Backend; readonly device: string },
  { canvasRuns, canvasSteps, warmUpMs, pauseMs }: Plan,
): Promise<CanvasCost> {
  const { backend } = where;
  const settings = { n: 1, scale: GUIDANCE_ON, sampler: 'ddim', steps: canvasSteps };
  const page = await openPage(browser, address(site, { model, backend, ...settings }));
  const runs: FinishedRun[] = [await paintedRun(page, 0)];
  await page.evaluate(() => {
    window.probe.judge = false;
  });
  // Each new seed is a new run, watched from its first frame on.
  const again = async () => {
    await setTimeout(pauseMs);
    await page.fill('#seed', String(1000 + runs.length));
    runs.push(await paintedRun(page, runs.length));
  };
  for (let start = Date.now(); Date.now() - start < 2 * warmUpMs; ) await again();
  const warmedUp = runs.length;
  while (runs.length < warmedUp + canvasRuns) await again();
  await page.close();
  const measured = runs.slice(warmedUp);
  const medianOf = (value: (run: FinishedRun) => number) => median(measured.map(value));
  const whole = ({ requestedAt, paintedAt }: FinishedRun) => paintedAt - requestedAt;
  return {
    ...where,
    batch: 1,
    numSteps: canvasSteps,
    runs: measured.length,
    msPerStep: medianOf((run) => whole(run) / canvasSteps),
    outsideShare: medianOf((run) => 1 - run.figures.networkMs / whole(run)),
    workerMsPerStep: medianOf(({ figures }) => (figures.totalMs - figures.networkMs) / canvasSteps),
    canvasMsPerStep: medianOf((run) => (whole(run) - run.figures.totalMs) / canvasSteps),
  };
}

/**
 * From the navigation to the first finished samples of the page as visitors find it: with a new
 * profile, and again with the same one. On a software GPU one sample of one step.
 */
export async function measureFirstSample(
  gpu: Gpu,
  site: string,
  model: string,
  where: { readonly backend: Backend; readonly device: string },
  plan: Plan,
  smallest: boolean,
): Promise<FirstSample> {
  const { backend } = where;
  const scene = smallest ? { n: 1, scale: GUIDANCE_ON, steps: 1 } : {};
  const url = address(site, { model, backend, ...scene });
  const cold: FinishedRun[] = [];
  const warm: FinishedRun[] = [];
  for (let visit = 0; visit < plan.visits; visit++) {
    const browser = await launch(gpu);
    const profile = await browser.newContext();
    for (const runs of [cold, warm]) {
      const page = await openPage(profile, url);
      runs.push(await paintedRun(page, 0));
      await page.close();
    }
    await browser.close();
  }
  const figures = (runs: readonly FinishedRun[]): Visit => ({
    readyMs: median(runs.map(({ requestedAt }) => requestedAt)),
    paintedMs: median(runs.map(({ paintedAt }) => paintedAt)),
  });
  const { samples, numSteps } = cold[0]!;
  return { ...where, samples, numSteps, cold: figures(cold), warm: figures(warm) };
}
