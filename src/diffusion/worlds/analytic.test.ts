import { describe, expect, test } from 'vitest';
import { arrayFields } from '../fields';
import type { GuidancePoint } from '../guidance/rule';
import { randomLabels } from '../random';
import { blurredClasses, threeClasses } from '../testing/runs';
import { componentsOf, denoiseExactly, gaussianOde, logDensity, mixtureEvaluate } from './analytic';

const point: GuidancePoint = { step: 0, stage: 0, sigmaDown: 0, sigma: 1, guidanceScale: 2 };

/** Central differences of ln p at x. */
function numericScore(density: (x: readonly number[]) => number, x: readonly number[]): number[] {
  const h = 1e-4;
  return x.map((_, d) => {
    const at = (offset: number) => density(x.map((value, e) => (e === d ? value + offset : value)));
    return (at(h) - at(-h)) / (2 * h);
  });
}

describe('denoiseExactly', () => {
  // Tweedie: D = x + sigma² grad ln p. Two independent routes to the same number.
  test.each([0.1, 0.5, 2, 80])('agrees with the gradient of the density at sigma %d', (sigma) => {
    for (const x of [
      [0.3, -0.2],
      [-2, 1],
      [sigma, sigma],
    ]) {
      const out = new Float32Array(2);
      denoiseExactly(threeClasses, Float32Array.from(x), sigma, out);
      const rounded = [...Float32Array.from(x)];
      const score = numericScore((y) => logDensity(threeClasses, y, sigma), rounded);
      const expected = rounded.map((value, d) => value + sigma ** 2 * score[d]!);
      // Differences of ln p are good to about 1e-8, which sigma² multiplies.
      const tolerance = 1e-5 + 1e-7 * sigma ** 2;
      expect(Math.abs(out[0]! - expected[0]!)).toBeLessThan(tolerance);
      expect(Math.abs(out[1]! - expected[1]!)).toBeLessThan(tolerance);
    }
  });

  test('stays finite far from all data', () => {
    const out = new Float32Array(2);
    denoiseExactly(threeClasses, Float32Array.of(1e4, -1e4), 0.01, out);
    expect(out.every(Number.isFinite)).toBe(true);
  });
});

test('logDensity integrates to 1', () => {
  const h = 0.05;
  let total = 0;
  for (let x = -6; x < 6; x += h) {
    for (let y = -6; y < 6; y += h)
      total += Math.exp(logDensity(threeClasses, [x, y], 0.4)) * h * h;
  }
  expect(total).toBeCloseTo(1, 4);
});

describe('mixtureEvaluate', () => {
  const fields = arrayFields({ seeds: [1, 2], sampleSize: 2 });
  const evaluate = mixtureEvaluate({
    mixture: threeClasses,
    weak: blurredClasses,
    labels: [0, 1],
    fields,
  });
  const x = fields.noise(-1);

  test('gives what is needed and nothing else', async () => {
    expect(Object.keys(await evaluate(x, 1, ['cond'], point))).toEqual(['cond']);
    expect(Object.keys(await evaluate(x, 1, ['uncond', 'weak'], point))).toEqual([
      'uncond',
      'weak',
    ]);
  });

  test('conditions each sample on its own label', async () => {
    const { cond, uncond, weak } = await evaluate(x, 1, ['cond', 'uncond', 'weak'], point);
    const expected = new Float32Array(2);
    for (const b of [0, 1]) {
      const own = x.data.slice(2 * b, 2 * b + 2);
      denoiseExactly(componentsOf(threeClasses, b), own, 1, expected);
      expect(cond!.data.slice(2 * b, 2 * b + 2)).toEqual(expected);
      denoiseExactly(threeClasses, own, 1, expected);
      expect(uncond!.data.slice(2 * b, 2 * b + 2)).toEqual(expected);
      denoiseExactly(componentsOf(blurredClasses, b), own, 1, expected);
      expect(weak!.data.slice(2 * b, 2 * b + 2)).toEqual(expected);
    }
  });

  test('classifier is the gradient of ln p(c | x, sigma)', async () => {
    const sigma = 0.7;
    const { classifier } = await evaluate(x, sigma, ['classifier'], point);
    for (const b of [0, 1]) {
      // ln p(c|x) = ln p(x|c) - ln p(x) + const
      const gradient = numericScore(
        (y) =>
          logDensity(componentsOf(threeClasses, b), y, sigma) - logDensity(threeClasses, y, sigma),
        [...x.data.slice(2 * b, 2 * b + 2)],
      );
      expect(classifier!.data[2 * b]).toBeCloseTo(gradient[0]!, 4);
      expect(classifier!.data[2 * b + 1]).toBeCloseTo(gradient[1]!, 4);
    }
  });

  test('smallClassifier is that of the weak mixture', async () => {
    const blurred = mixtureEvaluate({ mixture: blurredClasses, labels: [0, 1], fields });
    const { smallClassifier } = await evaluate(x, 0.7, ['smallClassifier'], point);
    const { classifier } = await blurred(x, 0.7, ['classifier'], point);
    expect(smallClassifier!.data).toEqual(classifier!.data);
  });

  test('random is a class drawn anew at every step, sample by sample', async () => {
    const expected = new Float32Array(2);
    for (const step of [0, 1, 2, 3]) {
      const { random } = await evaluate(x, 1, ['random'], { ...point, step });
      for (const [b, label] of randomLabels([1, 2], step, 3).entries()) {
        const own = x.data.slice(2 * b, 2 * b + 2);
        denoiseExactly(componentsOf(threeClasses, label), own, 1, expected);
        expect(random!.data.slice(2 * b, 2 * b + 2)).toEqual(expected);
      }
    }
  });

  test('says what does not fit', () => {
    const options = { mixture: threeClasses, fields };
    expect(() => mixtureEvaluate({ ...options, labels: [0] })).toThrow('2 samples, got 1');
    expect(() => mixtureEvaluate({ ...options, labels: [0, 7] })).toThrow('(0, 1, 2), got 7');
    const strongOnly = mixtureEvaluate({ ...options, labels: [0, 1] });
    for (const name of ['weak', 'smallClassifier'] as const) {
      expect(() => strongOnly(x, 1, [name], point)).toThrow(`"${name}" needs a weak mixture`);
    }
    expect(() => logDensity(threeClasses, [1], 1)).toThrow('2 dimensions, got 1');
  });
});

test('gaussianOde satisfies dx/dsigma = (x - D)/sigma', () => {
  const [mean, std, sigma] = [0.3, 0.5, 1.2];
  const at = (sigmaTo: number) => gaussianOde({ mean, std, x: 2, sigmaFrom: sigma, sigmaTo });
  const out = new Float32Array(1);
  denoiseExactly([{ classLabel: 0, weight: 1, mean: [mean], std }], Float32Array.of(2), sigma, out);
  const slope = (at(sigma + 1e-5) - at(sigma - 1e-5)) / 2e-5;
  expect(at(sigma)).toBeCloseTo(2, 12);
  expect(slope).toBeCloseTo((2 - out[0]!) / sigma, 6);
});
