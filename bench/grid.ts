import type { Browser, Page } from 'playwright';
import type { Backend } from '../src/engine/protocol';
import type { GridCost } from './results';
import { address } from './visit';

const SIDE = 8;
/** Longer than the 50 ms from which on a browser calls a task long. */
const CONTROL_MS = 80;
/** The observer is told of a task some time after its end. */
const TOLD_WITHIN_MS = 300;

declare global {
  interface Window {
    longTasks: number[];
  }
}

/**
 * The real page while a visitor opens its grid and eight by eight cells fill: the main thread's
 * longest task as the browser observes it (waiting for a core included), and its busiest one by the
 * time on a core, from the browser's trace.
 *
 * @throws Error if the browser does not observe a task that is known to be long
 */
export async function measureGrid(
  browser: Browser,
  site: string,
  model: string,
  where: { readonly backend: Backend; readonly device: string },
  numSteps: number,
): Promise<GridCost> {
  const values = Array.from({ length: SIDE }, (_, i) => i + 1).join();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const { backend } = where;
  const grid = { rows: `scale:${values}`, cols: `seed:${values}`, n: 1, steps: numSteps };
  await page.goto(address(site, { model, backend, lang: 'en', ...grid }));
  await page.waitForSelector('#stage[aria-busy=false] .column[data-status=done]');
  await observe(page);
  await page.evaluate(
    (ms) =>
      new Promise<void>((resolve) =>
        setTimeout(() => {
          for (const start = performance.now(); performance.now() - start < ms; );
          resolve();
        }),
      ),
    CONTROL_MS,
  );
  if ((await observed(page)).length === 0) {
    throw new Error(`The browser must observe a task of ${CONTROL_MS} ms, and observed none`);
  }

  await browser.startTracing(page, { categories: ['toplevel'] });
  const start = Date.now();
  await page.click('.layouts button:has-text("Grid")');
  await page.waitForFunction(
    (cells) => document.querySelectorAll('.cell[data-status=done]').length === cells,
    SIDE ** 2,
    { timeout: 0, polling: 200 },
  );
  const totalMs = Date.now() - start;
  const longTasks = await observed(page);
  const trace = JSON.parse((await browser.stopTracing()).toString());
  await page.close();
  return {
    ...where,
    model,
    cells: SIDE ** 2,
    numSteps,
    totalMs,
    longTasks: longTasks.length,
    longestTaskMs: Math.max(0, ...longTasks),
    busiestTaskMs: busiestTaskMs(trace),
  };
}

function observe(page: Page): Promise<void> {
  return page.evaluate(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      window.longTasks.push(...list.getEntries().map(({ duration }) => duration));
    }).observe({ type: 'longtask' });
  });
}

/** The long tasks since the last call, in ms. */
async function observed(page: Page): Promise<number[]> {
  await page.waitForTimeout(TOLD_WITHIN_MS);
  return page.evaluate(() => window.longTasks.splice(0));
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name?: string };
  /** Time on a core, in µs. */
  readonly tdur?: number;
}

/** @throws Error for a trace without the main thread's tasks */
function busiestTaskMs({ traceEvents }: { readonly traceEvents: readonly TraceEvent[] }): number {
  const thread = ({ pid, tid }: TraceEvent) => `${pid}:${tid}`;
  const named = (event: TraceEvent) => event.name === 'thread_name' && event.args.name;
  const main = new Set(
    traceEvents.filter((event) => named(event) === 'CrRendererMain').map(thread),
  );
  const times = traceEvents
    .filter((event) => event.name === 'ThreadControllerImpl::RunTask' && main.has(thread(event)))
    .map(({ tdur = 0 }) => tdur / 1000);
  if (times.length === 0) throw new Error('The trace must hold tasks of the main thread, got none');
  return times.reduce((a, b) => Math.max(a, b));
}
