import { expect, test } from 'vitest';
import { gaussian } from '../random';
import {
  addToMoments,
  emptyMoments,
  frechetDistance,
  frechetDistanceTo,
  gaussianOf,
  type Moments,
  mergeMoments,
} from './frechet';

function momentsOf(rows: readonly (readonly number[])[]): Moments {
  const moments = emptyMoments(rows[0]!.length);
  for (const row of rows) addToMoments(moments, row);
  return moments;
}

const rows = [
  [1, 2],
  [3, -1],
  [4, 4],
  [-2, 0],
  [0, 5],
];

test('mean and unbiased covariance', () => {
  const { mean, covariance } = gaussianOf(momentsOf(rows));
  // Deviations from (1.2, 2): sums of squares 22.8 and 26, of products 3, over 5 - 1.
  const expected = [1.2, 2, 22.8 / 4, 3 / 4, 3 / 4, 26 / 4];
  [...Array.from(mean), ...Array.from(covariance)].forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 12);
  });
});

test('moments of parts add up to those of the whole, far from 0 too', () => {
  for (const offset of [0, 1e6]) {
    const moved = rows.map((row) => row.map((value) => value + offset));
    const parts = [moved.slice(0, 1), moved.slice(1, 4), moved.slice(4)].map(momentsOf);
    const merged = mergeMoments([...parts, emptyMoments(2)], 2);
    const whole = momentsOf(moved);
    expect(merged.count).toBe(5);
    whole.mean.forEach((value, i) => {
      expect(merged.mean[i]).toBeCloseTo(value, 8);
    });
    whole.scatter.forEach((value, i) => {
      expect(merged.scatter[i]).toBeCloseTo(value, 5);
    });
  }
});

test('of axis-parallel Gaussians: ‖μ1 - μ2‖² + Σ (σ1 - σ2)²', () => {
  const a = { mean: [1, 2, 3], covariance: [4, 0, 0, 0, 9, 0, 0, 0, 0] };
  const b = { mean: [1, 0, 6], covariance: [1, 0, 0, 0, 25, 0, 0, 0, 16] };
  const expected = 0 + 4 + 9 + (2 - 1) ** 2 + (3 - 5) ** 2 + (0 - 4) ** 2;
  expect(frechetDistance(a, b)).toBeCloseTo(expected, 10);
  expect(frechetDistance(b, a)).toBeCloseTo(expected, 10);
});

test('of turned Gaussians: invariant under a rotation of both, 0 to itself', () => {
  const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
  // R diag(p, q) Rᵀ
  const turned = (p: number, q: number) => [
    c * c * p + s * s * q,
    c * s * (p - q),
    c * s * (p - q),
    s * s * p + c * c * q,
  ];
  const a = { mean: [0, 0], covariance: turned(4, 1) };
  const b = { mean: [0, 0], covariance: turned(9, 16) };
  expect(frechetDistance(a, b)).toBeCloseTo(1 + 9, 10);
  expect(frechetDistance(a, a)).toBeCloseTo(0, 10);
});

test('refuses what has no distance', () => {
  expect(() => gaussianOf(momentsOf(rows.slice(0, 2)))).toThrow('more than 2 samples, got 2');
  expect(() => addToMoments(emptyMoments(2), [1, 2, 3])).toThrow('must have 2 features, got 3');
  const to = frechetDistanceTo({ mean: [0], covariance: [1] });
  expect(() => to({ mean: [0, 0], covariance: [1, 0, 0, 1] })).toThrow('1 features, got 2');
});

test('is not negative between Gaussians that differ by rounding alone', () => {
  for (let seed = 0; seed < 40; seed++) {
    const rows = Array.from({ length: 9 }, (_, i) => gaussian(seed, i, 6));
    const moments = emptyMoments(6);
    const again = emptyMoments(6);
    for (const row of rows) addToMoments(moments, row);
    for (const row of rows.toReversed()) addToMoments(again, row);
    expect(frechetDistance(gaussianOf(moments), gaussianOf(again))).toBeGreaterThanOrEqual(0);
  }
});
