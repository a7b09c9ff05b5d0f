import { DEFAULT_RUN } from '../src/diffusion/run';
import type { Backend } from '../src/engine/protocol';
import { difference, fromBase64, type Run, readFixture, TOLERANCE } from './fixtures/fixture';
import type {} from './harness/harness';
import { expect, test } from './playground';

/** A software adapter runs the real network a thousand times slower than a GPU: it gets the short trajectory. */
const runsFor = (model: string, backend: Backend): readonly Run[] => {
  const { runs } = readFixture(model);
  return model === 'letters' && backend === 'webgpu' ? runs.filter((r) => r.numSteps < 5) : runs;
};

for (const model of ['tiny', 'letters']) {
  test(`${model}: the browser follows PyTorch through whole trajectories`, async ({
    page,
    backend,
  }) => {
    const { guidanceScale } = readFixture(model);
    await page.goto('./e2e/harness/');
    await page.waitForFunction(() => window.harness);
    const runs = runsFor(model, backend);
    expect(runs.length).toBeGreaterThan(0);
    for (const { numSteps, seeds, labels, samples } of runs) {
      const settings = {
        ...DEFAULT_RUN,
        seeds,
        labels,
        numSteps,
        sampler: 'heun',
        guidanceScale,
      };
      const ran = await page.evaluate(([id, on, wanted]) => window.harness.run(id, on, wanted), [
        model,
        backend,
        settings,
      ] as const);
      expect(ran.info.backend).toBe(backend);
      const apart = difference(ran.samples, fromBase64(samples));
      expect(apart.max).toBeLessThan(TOLERANCE.max);
      expect(apart.mean).toBeLessThan(TOLERANCE.mean);
    }
  });
}
