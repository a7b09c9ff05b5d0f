import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import type {} from '../harness/harness';

const index = new URL('../../public/models/index.json', import.meta.url);
const shipped: readonly string[] = JSON.parse(readFileSync(index, 'utf8')).models;
/** They run once a prompt, and WebGPU has no kernels for whole numbers of 64 bits, which tokens are. */
const encoders = shipped.filter((id) => {
  const manifest = new URL(`../../public/models/${id}/manifest.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).role === 'text-encoder';
});

test('every node of every shipped graph of pictures runs on WebGPU, none on the CPU', async ({
  page,
}) => {
  expect(shipped).toContain('letters');
  await page.goto('./e2e/harness/');
  await page.waitForFunction(() => window.harness);
  const failed: string[] = [];
  for (const model of shipped) {
    await test.step(model, async () => {
      const placed = page.evaluate((id) => window.harness.placeOnGpu(id, 2, 32), model);
      await placed.catch((error) => failed.push(`${model}: ${error}`.slice(0, 160)));
    });
  }
  const elsewhere = encoders.map((id) => expect.stringContaining(`${id}: `));
  expect(failed).toEqual(elsewhere);
});
