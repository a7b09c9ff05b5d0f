import type { Browser } from 'playwright';
import type { Backend } from '../src/engine/protocol';
import type { GridCost } from './results';
import { address } from './visit';

const SIDE = 8;
/** Longer than the 50 ms from which on a browser calls a task long. */
const CONTROL_MS = 80;

declare global {
  interface Window {
    longTasks: number[];
  }
}

/**
 * The real page while a visitor opens its grid and eight by eight cells fill: the main thread's
 * longest task, as the browser itself observes them.
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
  await page.evaluate(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      window.longTasks.push(...list.getEntries().map(({ duration }) => duration));
    }).observe({ type: 'longtask' });
  });
  const observed = async () => {
    // The observer is told of a task some time after its end.
    await page.waitForTimeout(300);
    return page.evaluate(() => window.longTasks.splice(0));
  };
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
  if ((await observed()).length === 0) {
    throw new Error(`The browser must observe a task of ${CONTROL_MS} ms, and observed none`);
  }
  const start = Date.now();
  await page.click('.layouts button:has-text("Grid")');
  await page.waitForFunction(
    (cells) => document.querySelectorAll('.cell[data-status=done]').length === cells,
    SIDE ** 2,
    { timeout: 0, polling: 200 },
  );
  const totalMs = Date.now() - start;
  const longTasks = await observed();
  await page.close();
  return {
    ...where,
    model,
    cells: SIDE ** 2,
    numSteps,
    totalMs,
    longTasks: longTasks.length,
    longestTaskMs: Math.max(0, ...longTasks),
  };
}
