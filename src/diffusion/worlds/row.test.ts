import { expect, test } from 'vitest';
import { rowEstimates } from './row';

const atBound = (pixels: readonly number[]) => pixels.filter((v) => Math.abs(v) > 0.999).length;
const largest = (pixels: readonly number[]) => Math.max(...pixels.map(Math.abs));

test('without guidance the estimate lies within the range, and no threshold changes it', async () => {
  const { guided, clipped, dynamic } = await rowEstimates({ guidanceScale: 1, percentile: 99.5 });
  expect(largest(guided)).toBeLessThan(1);
  expect(clipped).toEqual(guided);
  dynamic.forEach((value, i) => {
    expect(value).toBeCloseTo(guided[i]!, 6);
  });
});

test('a large scale leaves the range, the further the larger it is', async () => {
  const [some, much] = await Promise.all(
    [4, 8].map((guidanceScale) => rowEstimates({ guidanceScale, percentile: 99.5 })),
  );
  expect(largest(some!.guided)).toBeGreaterThan(2);
  expect(largest(much!.guided)).toBeGreaterThan(1.5 * largest(some!.guided));
});

test('clipped, both strokes are white; scaled, the fainter one stays the fainter', async () => {
  const { clipped, dynamic } = await rowEstimates({ guidanceScale: 8, percentile: 99.5 });
  expect([clipped[12], clipped[36]]).toEqual([1, 1]);
  expect(dynamic[12]).toBeCloseTo(1, 2);
  expect(dynamic[36]).toBeLessThan(0.7);
  expect(largest(dynamic)).toBeLessThanOrEqual(1 + 1e-6);
  expect(atBound(dynamic)).toBeLessThan(atBound(clipped) / 3);
});

test('a lower percentile limits more pixels', async () => {
  const counts = await Promise.all(
    [99.5, 90, 70].map(async (percentile) =>
      atBound((await rowEstimates({ guidanceScale: 8, percentile })).dynamic),
    ),
  );
  expect(counts[0]).toBeLessThan(counts[1]!);
  expect(counts[1]).toBeLessThan(counts[2]!);
});
