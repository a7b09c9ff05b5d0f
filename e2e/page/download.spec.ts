import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { type Breaking, serveStatic } from './static-server';

const site = fileURLToPath(new URL('../../dist-e2e', import.meta.url));
const query = '?coi=0&backend=wasm&model=tiny&n=1&steps=2&scale=3&lang=en';

for (const ranges of [true, false]) {
  test(`a broken connection: ${ranges ? 'goes on where it broke' : 'starts over'}`, async ({
    page,
  }) => {
    const breaking: Breaking = {
      files: /tiny\/model\.onnx$/,
      afterBytes: 60_000,
      ranges,
      times: 2,
      asked: [],
    };
    const host = await serveStatic(site, '/models-site/', { breaking });
    try {
      await page.goto(host.url + query);
      await expect(page.locator('.notice[data-loading=download]')).toContainText('Trying again');
      await expect(page.locator('.column')).toHaveAttribute('data-status', 'done');
      expect(breaking.asked).toEqual(
        ranges ? ['', 'bytes=60000-', 'bytes=120000-'] : ['', 'bytes=60000-', 'bytes=60000-'],
      );
    } finally {
      host.close();
    }
  });
}

test('a reload in the middle of a download goes on with what had arrived', async ({ page }) => {
  const breaking: Breaking = {
    files: /tiny\/model\.onnx$/,
    afterBytes: 60_000,
    ranges: true,
    stalls: true,
    times: 1,
    asked: [],
  };
  const host = await serveStatic(site, '/models-site/', { breaking });
  try {
    await page.goto(host.url + query);
    const kept = () =>
      page.evaluate(async () => {
        const cache = await caches.open('guidance-models /models-site/models/');
        return (await cache.keys()).map(({ url }) => url.replace(/.*\//, ''));
      });
    await expect.poll(kept).toContainEqual(expect.stringMatching(/^part-\w+-0$/));
    await page.reload();
    await expect(page.locator('.column')).toHaveAttribute('data-status', 'done');
    expect(breaking.asked).toEqual(['', 'bytes=60000-']);
    expect((await kept()).filter((key) => key.startsWith('part-'))).toEqual([]);
  } finally {
    host.close();
  }
});
