import { expect, test } from 'vitest';
import { median, pairedRatio, quantile } from './statistics';

test('the median of an odd and of an even number of values, in any order', () => {
  expect(median([9, 1, 4])).toBe(4);
  expect(median([4, 1, 9, 2])).toBe(3);
  expect(median([7])).toBe(7);
});

test('quantiles lie linearly between values', () => {
  expect(quantile([10, 0], 0)).toBe(0);
  expect(quantile([10, 0], 1)).toBe(10);
  expect(quantile([0, 10, 20, 30, 40], 0.25)).toBe(10);
  expect(quantile([0, 10], 0.3)).toBeCloseTo(3, 12);
});

test('no values have no quantile', () => {
  expect(() => median([])).toThrow('at least one value');
});

test('values stay in the order they came in', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

test('a ratio is taken pair by pair, so that a slow moment of both sides does not count', () => {
  // The second pair ran at a fifth of the speed; the sums alone would give the same 2.
  expect(pairedRatio([2, 10, 4], [1, 5, 2])).toEqual({ median: 2, low: 2, high: 2, pairs: 3 });
  expect(pairedRatio([1, 2, 3, 4, 5], [1, 1, 1, 1, 1])).toEqual({
    median: 3,
    low: 2,
    high: 4,
    pairs: 5,
  });
});

test('sides of different lengths are no pairs', () => {
  expect(() => pairedRatio([1, 2], [1])).toThrow('got 2 and 1');
});
