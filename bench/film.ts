// npm run film-speed [-- MODEL]: how soon the guidance rail has a film to play, on this machine's WebAssembly.
import type { Page } from 'playwright';
import { launch } from './browser';
import { serveSite } from './site';
import { address } from './visit';

/** Handle movements whose pictures are waited for. */
const MOVES = 20;

/** Times of the page's first visit, in milliseconds since the navigation. */
interface Times {
  readonly firstColumn: number;
  readonly fourScales: number;
  readonly pickedSample: number;
  readonly allColumns: number;
  /** Every sample at all scales, by the network or its student of few steps; by the network alone. */
  readonly byAnyone: number;
  readonly everything: number;
}

const [model = 'emoji'] = process.argv.slice(2);
const site = await serveSite();
const browser = await launch('software');
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await watch(page);
  await page.goto(address(site.url, { backend: 'wasm', lang: 'en', model }));
  const times = await timesOf(page);
  const after = (ms: number) => `${((ms - times.firstColumn) / 1000).toFixed(1)} s`;
  console.log('The first visit, on WebAssembly:');
  console.log(`  first finished column       ${(times.firstColumn / 1000).toFixed(1)} s`);
  console.log('after it');
  console.log(`  picked sample, four scales  ${after(times.fourScales)}   (bar 1.5 s)`);
  console.log(`  picked sample, all scales   ${after(times.pickedSample)}   (bar 6 s)`);
  console.log(`  all columns                 ${after(times.allColumns)}`);
  const since = (ms: number, start: number) => `${((ms - start) / 1000).toFixed(1)} s`;
  const film = since(times.byAnyone, Math.max(times.allColumns, times.pickedSample));
  console.log(
    `  all samples by a student    ${after(times.byAnyone)}, begun ${film} before   (bar 5 s)`,
  );
  console.log(`  everything                  ${after(times.everything)}   (bar 40 s)`);
  const moves = await measureMoves(page);
  const worst = Math.max(...moves);
  const middle = moves.toSorted((a, b) => a - b)[Math.floor(moves.length / 2)]!;
  console.log(
    `Handle moved to pictures of the scale: median ${middle.toFixed(0)} ms, worst ${worst.toFixed(0)} ms of ${moves.length}   (bar 100 ms)`,
  );
  const seen = await measureRelease(page);
  console.log(`Released off the film to denoising seen: ${seen.toFixed(0)} ms   (bar 300 ms)`);
} finally {
  await browser.close();
  await site.close();
}

/** Notes in the page when what is first there. */
async function watch(page: Page): Promise<void> {
  // What runs this file names its inner functions by a helper that the page does not have.
  await page.addInitScript('globalThis.__name = (inner) => inner');
  await page.addInitScript(() => {
    const times: Record<string, number> = {};
    Object.assign(window, { times });
    const note = (name: string, is: boolean) => {
      if (is) times[name] ??= performance.now();
    };
    const look = () => {
      const columns = [...document.querySelectorAll<HTMLElement>('.column')];
      if (columns.length === 0) return;
      const done = columns.filter(({ dataset }) => dataset.status === 'done').length;
      const pictures = document.querySelector<HTMLElement>('.rail-pictures')?.dataset.takes ?? '0';
      const dots = [...document.querySelectorAll('g[data-curve="variety"] .dot')];
      const own = dots.filter((dot) => dot.getAttribute('data-by-student') === 'false');
      note('firstColumn', done > 0);
      // The first column's own scale is among those of the picked sample.
      note('fourScales', Number(pictures) >= 5);
      note('pickedSample', Number(pictures) >= 12);
      note('allColumns', done === columns.length);
      note('byAnyone', dots.length >= 12);
      note('everything', own.length >= 12);
    };
    // Looking at every frame would have the browser draw them all, with the network's processor time.
    new MutationObserver(look).observe(document, {
      subtree: true,
      childList: true,
      attributes: true,
    });
  });
}

async function timesOf(page: Page): Promise<Times> {
  const handle = await page.waitForFunction(
    () => {
      const { times } = window as unknown as { times: Times };
      return times.everything !== undefined && times;
    },
    undefined,
    { timeout: 600_000, polling: 500 },
  );
  return (await handle.jsonValue()) as Times;
}

/** From the movement of a handle to the frame that shows the pictures of the scale. */
async function measureMoves(page: Page): Promise<number[]> {
  const track = (await page.locator('.rail-track').boundingBox())!;
  const handle = (await page.locator('.handle[data-active="true"]').boundingBox())!;
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  await page.evaluate(() => {
    const waits: number[] = [];
    Object.assign(window, { waits });
    addEventListener(
      'pointermove',
      ({ timeStamp }) => {
        // Drawn in the frame after the change; what comes after that frame has been painted.
        requestAnimationFrame(() =>
          requestAnimationFrame(() => waits.push(performance.now() - timeStamp)),
        );
      },
      { capture: true },
    );
  });
  for (let i = 0; i < MOVES; i++) {
    const share = ((i * 7) % MOVES) / MOVES;
    await page.mouse.move(track.x + share * track.width, handle.y);
    await page.waitForTimeout(60);
  }
  const waits = await page.evaluate(() => (window as unknown as { waits: number[] }).waits);
  return waits;
}

/** From the release at a scale that is not in the film to the first frame of its run. */
async function measureRelease(page: Page): Promise<number> {
  const track = (await page.locator('.rail-track').boundingBox())!;
  await page.mouse.move(track.x + 0.53 * track.width, track.y);
  await page.evaluate(() => {
    const seen = new Promise((resolve) => {
      addEventListener(
        'pointerup',
        ({ timeStamp }) => {
          const look = () => {
            const { status, stale } = document.querySelector<HTMLElement>(
              '.column[data-active="true"]',
            )!.dataset;
            if (status === 'running' && stale === 'false') {
              requestAnimationFrame(() => resolve(performance.now() - timeStamp));
            } else {
              requestAnimationFrame(look);
            }
          };
          requestAnimationFrame(look);
        },
        { capture: true, once: true },
      );
    });
    Object.assign(window, { seen });
  });
  await page.mouse.up();
  return page.evaluate(() => (window as unknown as { seen: Promise<number> }).seen);
}
