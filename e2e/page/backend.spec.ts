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
  const playground = new Playground(page, 'webgpu');
  // Nothing forced: this is what a visitor gets.
  await playground.open('backend=auto');
  // Chromium without the flag has either no `navigator.gpu` or one without an adapter.
  const reason = await page.evaluate(() => ('gpu' in navigator ? 'no-adapter' : 'no-webgpu'));
  await expect(playground.badge).toHaveAttribute('data-backend', 'wasm');
  await expect(playground.badge.locator('summary')).toHaveText(/WASM on the CPU/);
  await expect(playground.notice).toHaveCount(0);
  await playground.badge.locator('summary').click();
  await expect(playground.badge).toContainText(words.notice.fallback[reason]);
  await playground.pixels();
  await browser.close();
});

test('a software adapter is used only where it is asked for, and the badge says so', async ({
  playground,
}) => {
  const { page } = playground;
  // The browser of the tests has no other adapter.
  await playground.open('backend=auto&n=1');
  await expect(playground.badge).toHaveAttribute('data-backend', 'wasm');
  await expect(playground.notice).toHaveCount(0);
  await playground.badge.locator('summary').click();
  await expect(playground.badge).toContainText(words.notice.fallback['software-adapter']);
  await expect(playground.badge).toContainText(/swiftshader/i);
  const pixels = await playground.pixels();

  await playground.button(badge.useSoftware).click();
  await expect(playground.badge).toHaveAttribute('data-backend', 'webgpu');
  await expect(page).toHaveURL(/backend=webgpu/);
  await playground.settled();
  await playground.badge.locator('summary').click();
  await playground.button(badge.useWasm).click();
  await expect(playground.badge).toHaveAttribute('data-backend', 'wasm');
  await playground.settled();
  expect(await playground.pixels()).toBe(pixels);
});

test('a forced CPU is named as such, and can be left again', async ({ playground }) => {
  const { page } = playground;
  await playground.open('backend=wasm&n=1');
  await playground.badge.locator('summary').click();
  await expect(page.getByText(badge.forced)).toBeVisible();
  await playground.button(badge.useWebGpu).click();
  await expect(page).not.toHaveURL(/backend=/);
  await playground.settled();
  await playground.badge.locator('summary').click();
  await expect(page.getByText(badge.forced)).toHaveCount(0);
});
