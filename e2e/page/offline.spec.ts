import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { goTo } from '../header';
import { WORDS } from '../words';
import { nextTitle, otherHashes, serveStatic } from './static-server';

test.use({ serviceWorkers: 'allow' });

const site = fileURLToPath(new URL('../../dist-e2e', import.meta.url));
const query = '?backend=wasm&model=tiny&n=1&steps=2&scale=3&film=off&lang=en';
const drawn = (page: Page) =>
  expect(page.locator('.column')).toHaveAttribute('data-status', 'done');
/** Names of the files that the page keeps, of the site and of runtimes. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => /^guidance-(shell|runtimes) /.test(name));
    const requests = names.map(async (name) => (await caches.open(name)).keys());
    return (await Promise.all(requests)).flat().map(({ url }) => url.split('/').at(-1) ?? '');
  });
/** Of those, what the next version has under other names. */
const programs = (names: readonly string[]) =>
  names.filter((name) => /^(PlaneView-.*\.js|ort.*\.wasm)$/.test(name)).toSorted();
const keepsAll = (page: Page) =>
  expect
    .poll(() => kept(page))
    .toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^index\.html\?/),
        expect.stringMatching(/^ort-wasm-simd-threaded-[\w-]+\.wasm$/),
      ]),
    );

test('after one visit the page and the network that was opened work without a connection', async ({
  page,
}) => {
  const host = await serveStatic(site, '/some/path/');
  try {
    await page.goto(host.url + query);
    await drawn(page);
    await keepsAll(page);
    host.asked.length = 0;
    await page.reload();
    await drawn(page);
    // Whether there is a new version.
    expect(host.asked.filter((path) => path !== 'service-worker.js')).toEqual([]);
  } finally {
    host.close();
  }
  await page.reload();
  await drawn(page);
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  // What was never shown before, and was kept all the same.
  await goTo(page, 'learn');
  await expect(page.locator('.idea section').first()).toBeVisible();
});

test('a new version is offered, comes when asked for, and leaves other tabs theirs', async ({
  page,
  context,
}) => {
  const deploying = { next: false };
  const host = await serveStatic(site, '/some/path/', { deploying });
  try {
    await page.goto(host.url + query);
    await drawn(page);
    await keepsAll(page);
    const version = () => page.locator('script[data-version]').getAttribute('data-version');
    const before = await version();
    const ofThis = programs(await kept(page));
    expect(ofThis).toHaveLength(2);
    const other = await context.newPage();
    await other.goto(host.url + query);
    await drawn(other);

    deploying.next = true;
    await page.reload();
    await expect(page.locator('[data-update]')).toContainText(WORDS.en.offline.update);
    expect(await version()).toBe(before);
    await page.getByRole('button', { name: WORDS.en.offline.useIt }).click();
    await expect.poll(() => version().catch(() => undefined)).toBe('next');
    await drawn(page);
    await expect(page.locator('[data-update]')).toHaveCount(0);

    // Each reads what its own version says of another network.
    const title = 'Coloured discs (test network)';
    for (const [tab, wanted] of [
      [other, title],
      [page, nextTitle(title)],
    ] as const) {
      const button = tab.locator('.model-button');
      await button.click();
      await tab.locator('[data-model=tiny-colour] .open').click();
      await expect(button).toHaveAttribute('data-loaded', 'tiny-colour');
      await expect(button).toContainText(wanted);
      await drawn(tab);
    }

    // A part that the other tab has not loaded yet, and that the host has no more.
    await goTo(other, 'lab', WORDS.en.plane.page);
    await expect(other.locator('#stage')).toBeVisible();
    expect(programs(await kept(page))).toEqual(expect.arrayContaining(ofThis));
    await other.close();
    await page.reload();
    await drawn(page);
    await expect
      .poll(async () => programs(await kept(page)))
      .toEqual(ofThis.map(otherHashes).toSorted());
  } finally {
    host.close();
  }
});
