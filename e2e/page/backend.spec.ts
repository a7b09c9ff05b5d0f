import { chromium } from '@playwright/test';
import { expect, Playground, test, words } from '../playground';

const { badge } = words;

test('a browser without WebGPU runs on the CPU, and the page says why', async ({
  baseURL,
}, info) => {
  const { executablePath } = info.project.use.launchOptions ?? {};
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-features=WebGPU', '--disable-blink-features=WebGPU'],
  });
  const page = await browser.newPage({ ...(baseURL === undefined ? {} : { baseURL }) });
  // Nothing forced: this is what a visitor gets.
  const playground = new Playground(page, 'webgpu');
  await playground.open();
  // Chromium without the flag has either no `navigator.gpu` or one without an adapter.
  const reason = await page.evaluate(() => ('gpu' in navigator ? 'no-adapter' : 'no-webgpu'));
  await expect(playground.badge).toHaveAttribute('data-backend', 'wasm');
  await expect(playground.badge.locator('summary')).toHaveText(/WASM on the CPU/);
  await expect(playground.notice).toContainText(words.notice.fallback[reason]);
  await playground.badge.locator('summary').click();
  await expect(playground.badge).toContainText(words.notice.fallback[reason]);
  await playground.pixels();
  await browser.close();
});

test('a forced CPU is named as such, and can be left again', async ({ playground }) => {
  await playground.open('backend=wasm');
  await playground.badge.locator('summary').click();
  await expect(playground.page.getByText(badge.forced)).toBeVisible();
  const pixels = await playground.pixels();
  await playground.button(badge.useWebGpu).click();
  await expect(playground.badge).toHaveAttribute('data-backend', 'webgpu');
  await playground.settled();
  await expect(playground.page).not.toHaveURL(/backend=/);
  await playground.badge.locator('summary').click();
  await playground.button(badge.useWasm).click();
  await expect(playground.badge).toHaveAttribute('data-backend', 'wasm');
  await playground.settled();
  expect(await playground.pixels()).toBe(pixels);
});
