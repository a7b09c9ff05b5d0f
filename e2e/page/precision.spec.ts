import { DEFAULT_RUN } from '../../src/diffusion/run';
import { difference } from '../fixtures/fixture';
import type {} from '../harness/harness';
import { expect, test, words } from '../playground';

const { precision, batch } = words.badge;

test('whole trajectories in float16 follow those in float32', async ({ page }) => {
  await page.goto('./e2e/harness/');
  await page.waitForFunction(() => window.harness);
  const settings = {
    ...DEFAULT_RUN,
    seeds: [1, 2],
    labels: [0, 1],
    numSteps: 10,
    sampler: 'heun',
    guidanceScale: 3,
  };
  for (const model of ['tiny', 'letters']) {
    const run = (precision: 'fp16' | 'fp32') =>
      page.evaluate(
        ([id, wanted, settings]) => window.harness.run(id, 'wasm', settings, { precision: wanted }),
        [model, precision, settings] as const,
      );
    const [half, full] = [await run('fp16'), await run('fp32')];
    expect(half.info).toMatchObject({ precision: 'fp16', precisionWhy: { reason: 'asked' } });
    expect(half.info.difference).toBeGreaterThan(full.info.difference!);
    expect(half.info.difference).toBeLessThan(2e-3);
    expect(full.info.precision).toBe('fp32');
    const apart = difference(half.samples, Float32Array.from(full.samples));
    expect(apart.max).toBeGreaterThan(0);
    // A grey level is 0.008.
    expect(apart.mean).toBeLessThan(2e-3);
  }
});

test('the badge names the precision and the batch, and why; the address forces both', async ({
  playground,
}) => {
  const { badge, page } = playground;
  await playground.open();
  await badge.locator('summary').click();
  await expect(badge).toHaveAttribute('data-precision', 'fp32');
  await expect(badge).toContainText(precision.why.cpu);
  await expect(badge).toHaveAttribute('data-max-batch', '16');
  const pixels = await playground.pixels();

  await playground.choice(precision.label).selectOption('fp16');
  await expect(badge).toHaveAttribute('data-precision', 'fp16');
  await playground.settled();
  await expect(badge.locator('summary')).toContainText('fp16');
  await expect(page).toHaveURL(/precision=fp16/);
  await badge.locator('summary').click();
  await expect(badge).toContainText(precision.why.asked);

  // Four rows a step, in two runs: the same pictures.
  await playground.open('batch=2');
  await expect(badge).toHaveAttribute('data-max-batch', '2');
  await badge.locator('summary').click();
  await expect(badge).toContainText(batch.most(2));
  await expect(badge).toContainText(batch.why.asked);
  expect(await playground.pixels()).toBe(pixels);
  await playground.choice(batch.label).selectOption(batch.auto);
  await expect(badge).toHaveAttribute('data-max-batch', '16');
  await playground.settled();
  await expect(page).not.toHaveURL(/batch=/);
});

test('a network that does not answer as its manifest says is not shown', async ({ playground }) => {
  await playground.page.route('**/models/tiny/manifest.json', async (route) => {
    const response = await route.fetch();
    const manifest = await response.json();
    const [first, ...others] = manifest.selfCheck.values;
    const values = [first.replace(/^\S+/, '0.9'), ...others];
    await route.fulfill({
      response,
      json: { ...manifest, selfCheck: { ...manifest.selfCheck, values } },
    });
  });
  await playground.visit();
  await expect(playground.error).toHaveAttribute('data-error', 'engine');
  await expect(playground.error).toContainText('must agree with its reference within 0.002');
});
