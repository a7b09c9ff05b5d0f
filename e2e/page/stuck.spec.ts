import type { Page } from '@playwright/test';
import { expect, type Playground, test, words } from '../playground';

const WORKER = '**/assets/engine.worker-*.js';

/** Has the next engine's worker begin with these lines; later ones are as they are. */
async function spoilNextWorker(page: Page, lines: string): Promise<void> {
  await page.route(
    WORKER,
    async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${lines}\n${await response.text()}` });
    },
    { times: 1 },
  );
}

async function draws(playground: Playground): Promise<void> {
  await playground.settled();
  await playground.pixels();
}

test('an engine that ends or says nothing can be left', async ({ playground }) => {
  const { page, columns, error } = playground;
  await test.step('before its first word: it is started again', async () => {
    await page.route(WORKER, (route) => route.abort(), { times: 1 });
    await playground.visit();
    await draws(playground);
  });
  await test.step('without the runtime’s own file: it is named, and can be tried again', async () => {
    await page.route('**/*.wasm', (route) => route.abort());
    await playground.visit();
    await expect(error).toContainText(/ort-[\w.-]+\.wasm must be on the site/);
    await page.unroute('**/*.wasm');
    await playground.button(words.retry).click();
    await draws(playground);
  });
  await test.step('by itself during a run: that is told, and tried again', async () => {
    const ends = `addEventListener('message', ({ data }) => { if (data.type === 'sample') close(); });`;
    await spoilNextWorker(page, ends);
    await playground.visit();
    await expect(columns.first()).toHaveAttribute('data-status', 'failed');
    await expect(columns.first()).toContainText('has ended');
    await playground.button(words.retry).click();
    await draws(playground);
  });
  await test.step('silent during a run: it is started anew', async () => {
    const deaf = `addEventListener('message', (event) => { if (event.data.type === 'sample') event.stopImmediatePropagation(); });`;
    await spoilNextWorker(page, deaf);
    await playground.visit();
    const silent = page.locator('[data-silent]');
    await expect(silent).toContainText(words.silent);
    await playground.button(words.retry).click();
    await draws(playground);
    await expect(silent).toHaveCount(0);
  });
});

test('a graphics adapter that never answers, or is lost after every start, leaves the CPU', async ({
  playground,
}) => {
  const { page, badge, error } = playground;
  await test.step('never answers', async () => {
    const hangs = `Object.defineProperty(navigator, 'gpu', { value: { requestAdapter: () => new Promise(() => {}) } });`;
    await spoilNextWorker(page, hangs);
    await playground.visit('backend=auto');
    await draws(playground);
    await expect(badge).toHaveAttribute('data-backend', 'wasm');
    await expect(playground.notice).toHaveAttribute('data-notice', 'fallback');
  });
  await test.step('is lost after every start', async () => {
    const lost = `addEventListener('message', ({ data }) => { if (data.type === 'load') setTimeout(() => postMessage({ type: 'device-lost', message: 'gone' }), 300); });`;
    await page.route(WORKER, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${lost}\n${await response.text()}` });
    });
    await playground.visit('backend=auto');
    await expect(error).toContainText('gone');
    await page.unroute(WORKER);
    await playground.button(words.useCpu).click();
    await draws(playground);
    await expect(error).toHaveCount(0);
  });
});

test('storage that never answers: the page goes on without it, and says so', async ({
  playground,
}) => {
  const { page, notice } = playground;
  const silent = `
    caches.open = () => new Promise(() => {});
    indexedDB.open = () => ({});`;
  await page.addInitScript(silent);
  await spoilNextWorker(page, silent);
  await playground.visit();
  await draws(playground);
  await expect(notice).toContainText(words.notice.storageSilent);
});
