import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import type {} from '../harness/harness';

const index = new URL('../../public/models/index.json', import.meta.url);
const shipped: readonly string[] = JSON.parse(readFileSync(index, 'utf8')).models;

test('every node of every shipped graph runs on WebGPU, none on the CPU', async ({ page }) => {
  expect(shipped).toContain('letters');
  await page.goto('./e2e/harness/');
  await page.waitForFunction(() => window.harness);
  for (const model of shipped) {
    await test.step(model, () => page.evaluate((id) => window.harness.placeOnGpu(id, 2), model));
  }
});
