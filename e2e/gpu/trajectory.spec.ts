import { guidanceRegistry } from '../../src/diffusion/guidance';
import { worksWith } from '../../src/diffusion/guidance/rule';
import { samplerRegistry } from '../../src/diffusion/samplers';
import { TOLERANCE } from '../fixtures/fixture';
import type {} from '../harness/harness';
import { expect, test } from '../playground';

test.beforeEach(async ({ page }) => {
  // One thread: the runtime's threads would load what the harness shares with the page, and that has
  // no document there.
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'hardwareConcurrency', { value: 1 });
  });
});

const close = ({ max, mean }: { readonly max: number; readonly mean: number }) =>
  // Written so that NaN fails too.
  max < TOLERANCE.max && mean < TOLERANCE.mean;

test('a run on the GPU ends where one over arrays does, for every rule with every sampler', async ({
  page,
}) => {
  await page.goto('./e2e/harness/');
  await page.waitForFunction(() => window.harness);
  const ended = await page.evaluate(() => window.harness.everyRun());
  const pairs = guidanceRegistry.flatMap((rule) =>
    samplerRegistry
      .filter((sampler) => worksWith(rule, sampler))
      .map((sampler) => `${rule.id} ${sampler.id}`),
  );
  expect(ended.map(({ rule, sampler }) => `${rule} ${sampler}`)).toEqual(pairs);
  expect(ended.filter((one) => !close(one))).toEqual([]);
});

test('so does one of networks, for every rule and for every sampler', async ({ page }) => {
  await page.goto('./e2e/harness/');
  await page.waitForFunction(() => window.harness);
  const ended = await page.evaluate(() => window.harness.everyTrajectory());
  const [rules, samplers] = [guidanceRegistry, samplerRegistry].map((all) =>
    all.map(({ id }) => id),
  );
  expect([...new Set(ended.map(({ rule }) => rule))]).toEqual(rules);
  expect(new Set(ended.map(({ sampler }) => sampler))).toEqual(new Set(samplers));
  expect(ended.filter((one) => !close(one))).toEqual([]);
});

test('every operation on fields does on the GPU what it does over arrays', async ({ page }) => {
  await page.goto('./e2e/harness/');
  await page.waitForFunction(() => window.harness);
  const apart = await page.evaluate(() => window.harness.everyOperation());
  expect(Object.keys(apart).length).toBeGreaterThan(0);
  for (const [operation, most] of Object.entries(apart)) {
    // Inner products are as exact as those of arrays, whose sums are some hundreds.
    const tolerance = operation.startsWith('gram') ? 1e-9 : 1e-5;
    expect.soft(most, operation).toBeLessThan(tolerance);
  }
});

test('a step of cfg reads nothing back and uploads coefficients alone', async ({ page }) => {
  await page.goto('./e2e/harness/');
  await page.waitForFunction(() => window.harness);
  const numSteps = 4;
  const counted = (guidance: string, path: 'device' | 'arrays') =>
    page.evaluate(([settings, on]) => window.harness.countedRun('tiny', on, settings), [
      { guidance, numSteps, seeds: [1, 2] },
      path,
    ] as const);
  const cfg = await counted('cfg', 'device');
  // All pictures of the run, at its end: no time passes for it, so that none is shown before.
  expect(cfg.readBacks).toBe(1);
  // The starting noise comes once.
  const noiseBytes = 2 * 64 * 4;
  expect(cfg.uploadedBytes).toBeGreaterThan(noiseBytes);
  expect((cfg.uploadedBytes - noiseBytes) / numSteps).toBeLessThan(1000);
  // One small buffer a step.
  expect((await counted('apg', 'device')).readBacks).toBe(1 + numSteps);
  const arrays = await counted('cfg', 'arrays');
  expect(arrays.readBacks).toBe(numSteps);
  expect(cfg.runtimeUploadedBytes).toBeLessThan(arrays.runtimeUploadedBytes);
});

test('a device is trusted whose kernels do what the arrays do, and no other', async ({ page }) => {
  await page.goto('./e2e/harness/');
  await page.waitForFunction(() => window.harness);
  const trusted = await page.evaluate(() => window.harness.trustedDevices());
  expect(trusted).toEqual([true, false]);
});
