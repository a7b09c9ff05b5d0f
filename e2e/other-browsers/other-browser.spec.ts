import { DEFAULT_RUN } from '../../src/diffusion/run';
import type {} from '../harness/harness';
import { expect, skipWhereMissing, test, Visit } from './other-browser';

skipWhereMissing();

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

test('three reloads start the engine, also where 304 comes without the headers', async ({
  driver,
  serve,
}) => {
  // Without the service worker, which would answer in place of the host.
  const host = await serve({
    sending: { headers: isolation, repeats: false },
    without: ['service-worker.js'],
  });
  const visit = new Visit(driver, host);
  await visit.open();
  await visit.startsEngine();
  for (let i = 0; i < 3; i++) {
    await visit.reload();
    await visit.startsEngine();
  }
  expect(await visit.isolated()).toBe(true);
});

test('a plain host: isolated by the service worker, at the second visit too, and without a connection', async ({
  driver,
  serve,
}) => {
  const host = await serve();
  const visit = new Visit(driver, host);
  await visit.open();
  await expect.poll(() => visit.isolated()).toBe(true);
  await visit.draws();
  // The service worker stores the page's own file last.
  const kept = () =>
    visit.ask(async () => {
      const names = (await caches.keys()).filter((name) => name.startsWith('guidance-'));
      const keys = names.map(async (name) => (await caches.open(name)).keys());
      return (await Promise.all(keys)).flat().map(({ url }) => new URL(url).pathname);
    });
  const all = expect.arrayContaining([
    '/some/path/index.html',
    expect.stringMatching(/\/ort-wasm-simd-threaded-[\w-]+\.wasm$/),
  ]);
  await expect.poll(kept).toEqual(all);
  host.asked.length = 0;
  await visit.reload();
  await visit.draws();
  expect(host.asked.filter((path) => !/^(service-worker|listen)\.js$/.test(path))).toEqual([]);
  host.close();
  await visit.open();
  await visit.draws();
  expect(await visit.isolated()).toBe(true);
});

test('the samples are those of Chromium, bit for bit', async ({ driver, serve, page }) => {
  const host = await serve({ sending: { headers: isolation, repeats: true } });
  const address = `${host.url}e2e/harness/index.html`;
  await Promise.all([page.goto(address), driver.open(address)]);
  await page.waitForFunction(() => window.harness);
  await expect.poll(() => driver.evaluate(() => 'harness' in window)).toBe(true);
  const settings = { ...DEFAULT_RUN, seeds: [1, 2, 3], labels: [0, 1, 3], numSteps: 6 };
  for (const changes of [
    { sampler: 'heun', guidanceScale: 3 },
    { sampler: 'ddim', guidanceScale: 2, samplerParams: { eta: 1 } },
  ]) {
    const ask = [{ ...settings, ...changes }] as const;
    const run = async ([wanted]: typeof ask) => {
      const { info, samples } = await window.harness.run('tiny', 'wasm', wanted);
      return { backend: info.backend, samples };
    };
    const [here, chromium] = await Promise.all([
      driver.evaluate(run, ask),
      page.evaluate(run, ask),
    ]);
    expect(here.backend).toBe('wasm');
    expect(here.samples).toHaveLength(chromium.samples.length);
    expect(here.samples).toEqual(chromium.samples);
  }
});

/** Beginnings of what sticks out of its entry in a list, and so lies over the next one. */
function overflowing(): string[] {
  return [...document.querySelectorAll<HTMLElement>('main li')].flatMap((item) => {
    const { right, bottom } = item.getBoundingClientRect();
    return [...item.children].flatMap((child) => {
      const rect = child.getBoundingClientRect();
      const { position, display } = getComputedStyle(child);
      const isBlock = position === 'static' && display !== 'inline';
      const out = isBlock && (rect.right > right + 1 || rect.bottom > bottom + 1);
      return out ? `${child.textContent?.slice(0, 60)}` : [];
    });
  });
}

test('nothing goes wrong on the pages beside', async ({ driver, serve }) => {
  const visit = new Visit(driver, await serve());
  for (const [page, shows] of [
    ['idea', '.idea section canvas, .idea section svg'],
    ['experiments', '.experiments svg'],
    ['plane', '.plane-stage canvas'],
    ['training', '.train canvas, .train svg'],
    ['rules', '.rules-pictures'],
  ] as const) {
    await test.step(page, async () => {
      await visit.open(`page=${page}`);
      // The first visit reloads itself.
      await expect.poll(() => visit.isolated()).toBe(true);
      const count = (selector: string) => document.querySelectorAll(selector).length;
      await expect.poll(() => visit.ask(count, shows)).toBeGreaterThan(0);
      expect(await visit.troubles()).toEqual([]);
      expect(await visit.ask(overflowing)).toEqual([]);
    });
  }
});

test('a page that is opened as a file says that it needs a server', async ({ driver }) => {
  await driver.open(new URL('../../dist-e2e/index.html', import.meta.url).href);
  await expect
    .poll(() => driver.evaluate(() => document.body.innerText))
    .toContain('opened as a file');
});
