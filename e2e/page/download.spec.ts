import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { type Breaking, serveStatic } from './static-server';

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
    const site = fileURLToPath(new URL('../../dist-e2e', import.meta.url));
    const host = await serveStatic(site, '/models-site/', { breaking });
    try {
      await page.goto(`${host.url}?coi=0&backend=wasm&model=tiny&n=1&steps=2&scale=3&lang=en`);
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
