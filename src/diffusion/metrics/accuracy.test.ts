import { expect, test } from 'vitest';
import { classAccuracy } from './accuracy';

const logits = Float32Array.of(0.1, 0.9, 0.3, 5, -1, 2, -3, -2, -1);

test('counts the samples whose largest logit is their label', () => {
  expect(classAccuracy(logits, [1, 0, 2])).toBe(1);
  expect(classAccuracy(logits, [1, 1, 2])).toBeCloseTo(2 / 3, 12);
  expect(classAccuracy(logits, [0, 1, 1])).toBe(0);
});

test('counts a second class that is asked for everywhere', () => {
  expect(classAccuracy(logits, [0, 1, 1], 2)).toBeCloseTo(1 / 3, 12);
  expect(classAccuracy(logits, [0, 1, 1], 1)).toBeCloseTo(1 / 3, 12);
});

test('says what does not fit', () => {
  expect(() => classAccuracy(logits, [0, 1])).toThrow('2 labels, got 9 numbers');
  expect(() => classAccuracy(new Float32Array(0), [])).toThrow('0 labels');
});
