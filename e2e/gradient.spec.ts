import { readFileSync } from 'node:fs';
import { difference, fromBase64 } from './fixtures/fixture';
import type {} from './harness/harness';
import { expect, test } from './playground';

/** A noisy classifier at three noise levels as PyTorch's autograd has it, from training/fixtures.py. */
interface GradientFixture {
  readonly sha256: string;
  readonly shape: readonly number[];
  readonly numClasses: number;
  readonly sigma: readonly number[];
  /** float32 in base64, as the outputs. */
  readonly x: string;
  readonly label: string;
  readonly logits: string;
  readonly grad: string;
}

for (const model of ['letters-classifier', 'letters-small-classifier']) {
  test(`${model}: logits and gradient are those of autograd within 1e-4`, async ({
    page,
    backend,
  }) => {
    const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
    const fixture: GradientFixture = read(`./fixtures/${model}.json`);
    expect(read(`../public/models/${model}/manifest.json`).files[0].sha256).toBe(fixture.sha256);
    await page.goto('./e2e/harness/');
    await page.waitForFunction(() => window.harness);
    const rows = fixture.sigma.length;
    const inputs = {
      x: { data: [...fromBase64(fixture.x)], dims: [rows, ...fixture.shape] },
      sigma: { data: [...fixture.sigma], dims: [rows] },
      label: { data: [...fromBase64(fixture.label)], dims: [rows, fixture.numClasses + 1] },
    };
    const { logits, grad } = await page.evaluate(
      ([id, on, given]) => window.harness.evaluate(id, on, given),
      [model, backend, inputs] as const,
    );
    const expected = fromBase64(fixture.grad);
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1); // there is something to compare
    expect(difference(grad!, expected).max).toBeLessThan(1e-4);
    expect(difference(logits!, fromBase64(fixture.logits)).max).toBeLessThan(1e-3);
  });
}
