import { describe, expect, test } from 'vitest';
import { gaussian } from '../random';
import { densityCoverage } from './density-coverage';
import { kernelDistance } from './kernel-distance';

/** Feeds samples, dealt to the groups in turn. */
function filled<T extends { add(features: Float32Array, group: number): void }>(
  metric: T,
  samples: Float32Array,
  size: number,
): T {
  for (let i = 0; i * size < samples.length; i++) {
    metric.add(samples.slice(i * size, (i + 1) * size), i % 10);
  }
  return metric;
}

describe('kernel distance', () => {
  test('by hand, of two samples and two real features', () => {
    const real = Float32Array.of(1, 0, 0, 2); // (1, 0) and (0, 2)
    const { value } = filled(kernelDistance(real, 2), Float32Array.of(2, 0, 1, 1), 2);
    const k = (product: number) => (product / 2 + 1) ** 3;
    // Samples (2, 0) and (1, 1): x·x' = 2, y·y' = 0, and with the real ones 2, 0, 1, 2.
    expect(value()).toBeCloseTo(k(2) + k(0) - (k(2) + k(0) + k(1) + k(2)) / 2, 10);
  });

  test('has no bias: about 0 between draws of one distribution, however few', () => {
    const size = 4;
    const real = gaussian(1, 0, 400 * size);
    for (const count of [10, 200]) {
      const values = Array.from({ length: 40 }, (_, k) => {
        return filled(kernelDistance(real, size), gaussian(k + 2, 0, count * size), size).value()!;
      });
      const mean = values.reduce((a, b) => a + b) / values.length;
      const deviation = Math.sqrt(
        values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1),
      );
      // Some are below 0; the draw of the real ones adds an error of its own.
      expect(Math.min(...values)).toBeLessThan(0);
      expect(Math.abs(mean)).toBeLessThan(4 * (deviation / Math.sqrt(40)) + 0.02);
    }
  });

  test('grows with the distance, and tells a mean and a spread', () => {
    const real = gaussian(1, 0, 800);
    const of = (change: (value: number) => number) =>
      filled(kernelDistance(real, 4), gaussian(2, 0, 800).map(change), 4).value()!;
    const same = of((value) => value);
    expect(of((value) => value + 0.5)).toBeGreaterThan(same + 0.1);
    expect(of((value) => value + 1)).toBeGreaterThan(of((value) => value + 0.5));
    expect(of((value) => 1.5 * value)).toBeGreaterThan(same + 0.1);
  });

  test('leaving a group out is measuring without its samples', () => {
    const [real, samples] = [gaussian(1, 0, 200), gaussian(2, 0, 240)];
    const all = filled(kernelDistance(real, 4), samples, 4);
    const rest = kernelDistance(real, 4);
    for (let i = 0; i < 60; i++)
      if (i % 10 !== 7) rest.add(samples.slice(4 * i, 4 * i + 4), i % 10);
    expect(all.value(7)).toBeCloseTo(rest.value()!, 10);
  });

  test('undefined for fewer than two samples, and says what does not fit', () => {
    const metric = kernelDistance(gaussian(1, 0, 8), 4);
    expect(metric.value()).toBeUndefined();
    metric.add(gaussian(2, 0, 4), 0);
    expect(metric.value()).toBeUndefined();
    expect(() => metric.add(gaussian(2, 0, 3), 0)).toThrow('must have 4 features, got 3');
    expect(() => kernelDistance(gaussian(1, 0, 4), 4)).toThrow('at least 2 vectors');
  });
});

describe('density and coverage', () => {
  /** Points on a line at 0, 1, 2, …; the fifth neighbour is 3 away inside, 5 at the ends. */
  const line = (count: number, start = 0) =>
    Float32Array.from({ length: count }, (_, i) => start + i);

  test('count the real balls that a sample is in, and those with a sample in them', () => {
    // Reaches: 5, 4, 3, 3, …, 3, 4, 5 of 0 … 19.
    const { density, coverage } = filled(densityCoverage(line(20), 1)!, line(1, 10), 1);
    expect(density()).toBeCloseTo(7 / 5, 12); // 7 … 13
    expect(coverage()).toBeCloseTo(7 / 20, 12);
    // 24 is in the ball of 19 alone; 25 in none.
    const out = filled(densityCoverage(line(20), 1)!, Float32Array.of(24, 25), 1);
    expect(out.density()).toBeCloseTo(1 / 5 / 2, 12);
    expect(out.coverage()).toBeCloseTo(1 / 20, 12);
  });

  test('a real outlier covers with its large ball once, and not for every sample in it', () => {
    const real = Float32Array.from([...line(20), 1000]);
    const samples = line(100, 30).map((value) => 20 + value);
    const { density, coverage } = filled(densityCoverage(real, 1)!, samples, 1);
    expect(density()).toBeCloseTo(1 / 5, 12);
    expect(coverage()).toBeCloseTo(1 / 21, 12);
  });

  test('of draws of the real distribution density is about 1', () => {
    const real = gaussian(1, 0, 2000);
    const { density, coverage } = filled(densityCoverage(real, 4)!, gaussian(2, 0, 2000), 4);
    expect(Math.abs(density()! - 1)).toBeLessThan(0.1);
    // The expectation of the paper: 1 - (1/2)^5 for as many samples as real ones.
    expect(Math.abs(coverage()! - (1 - 0.5 ** 5))).toBeLessThan(0.03);
  });

  test('leaving a group out is measuring without its samples; what is infinite is in no ball', () => {
    const samples = gaussian(2, 0, 240);
    samples[9] = Number.POSITIVE_INFINITY;
    const all = filled(densityCoverage(gaussian(1, 0, 200), 4)!, samples, 4);
    const rest = densityCoverage(gaussian(1, 0, 200), 4)!;
    for (let i = 0; i < 60; i++)
      if (i % 10 !== 7) rest.add(samples.slice(4 * i, 4 * i + 4), i % 10);
    expect(all.density(7)).toBe(rest.density());
    expect(all.coverage(7)).toBe(rest.coverage());
    const lost = densityCoverage(gaussian(1, 0, 200), 4)!;
    expect([lost.density(), lost.coverage()]).toEqual([undefined, undefined]);
    lost.add(Float32Array.of(0, 0, Number.NaN, 0), 0);
    expect([lost.density(), lost.coverage()]).toEqual([0, 0]);
  });

  test('there are none where real pictures are too few', () => {
    expect(densityCoverage(line(5), 1)).toBeUndefined();
  });
});
