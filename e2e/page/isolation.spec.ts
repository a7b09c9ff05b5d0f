import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { type StaticServer, serveStatic } from './static-server';

test.use({ serviceWorkers: 'allow' });

// The built site on a host that sends no headers, under a path of its own.
let host: StaticServer;

test.beforeAll(async () => {
  host = await serveStatic(
    fileURLToPath(new URL('../../dist-e2e', import.meta.url)),
    '/some/path/',
  );
});

test.afterAll(() => host.close());

/** Counts how often the page itself is loaded; another address that it gives itself is no load. */
function countLoads(page: Page): () => number {
  let loads = 0;
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) loads++;
  });
  return () => loads;
}

// The page may be on its way to a reload.
const isolated = (page: Page) =>
  expect.poll(() => page.evaluate(() => window.crossOriginIsolated).catch(() => undefined));
const controlled = (page: Page) =>
  expect.poll(() =>
    page.evaluate(() => navigator.serviceWorker.controller !== null).catch(() => undefined),
  );

/** Waits until the page has not reloaded for a while. */
async function settle(page: Page, loads: () => number): Promise<void> {
  for (let before = -1; before !== loads(); ) {
    before = loads();
    await page.waitForTimeout(1500);
  }
}

test('a plain host becomes isolated with one reload and stays so', async ({ page }) => {
  const loads = countLoads(page);
  await page.goto(host.url);
  await settle(page, loads);
  await isolated(page).toBe(true);
  await expect.poll(loads).toBe(2);

  await page.reload();
  await settle(page, loads);
  await isolated(page).toBe(true);
  await expect.poll(loads).toBe(3);
});

test('?coi=0 leaves a first visit alone', async ({ page }) => {
  const loads = countLoads(page);
  await page.goto(`${host.url}?coi=0`);
  await settle(page, loads);
  await isolated(page).toBe(false);
  await controlled(page).toBe(false);
  expect(loads()).toBe(1);
});

test('?coi=0 takes isolation back on a later visit', async ({ page }) => {
  const loads = countLoads(page);
  await page.goto(host.url);
  await settle(page, loads);
  await isolated(page).toBe(true);

  await page.goto(`${host.url}?coi=0`);
  await settle(page, loads);
  await isolated(page).toBe(false);
  await controlled(page).toBe(false);
});

test('a browser that refuses isolation is reloaded once, not for ever', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'crossOriginIsolated', { value: false });
  });
  const loads = countLoads(page);
  await page.goto(host.url);
  await settle(page, loads);
  await controlled(page).toBe(true);
  await expect.poll(loads).toBe(2);
});
