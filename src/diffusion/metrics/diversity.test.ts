import { expect, test } from 'vitest';
import { diversity } from './diversity';

test('is the mean distance of all pairs', () => {
  // A 3-4-5 triangle.
  expect(diversity(Float32Array.of(0, 0, 3, 0, 3, 4), 3)).toBeCloseTo((3 + 4 + 5) / 3, 12);
  expect(diversity(Float32Array.of(1, 2, 1, 2), 2)).toBe(0);
});

test('says what does not fit', () => {
  expect(() => diversity(Float32Array.of(1, 2), 1)).toThrow('at least 2 samples');
  expect(() => diversity(Float32Array.of(1, 2, 3), 2)).toThrow('got 3 numbers for 2');
});
