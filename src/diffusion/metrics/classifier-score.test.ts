import { expect, test } from 'vitest';
import { addToScore, classifierScore, emptyScore } from './classifier-score';

function sumsOf(rows: readonly (readonly number[])[]) {
  const sums = emptyScore(rows[0]!.length);
  for (const row of rows) addToScore(sums, Float32Array.from(row));
  return sums;
}

test('1 where every sample looks alike, the number of classes where each is sure and they are even', () => {
  expect(
    classifierScore([
      sumsOf([
        [1, 3, -2],
        [1, 3, -2],
      ]),
    ]),
  ).toBeCloseTo(1, 12);
  const sure = [0, 1, 2].map((k) => [0, 1, 2].map((j) => (j === k ? 900 : 0)));
  expect(classifierScore([sumsOf(sure)])).toBeCloseTo(3, 12);
});

test('exp of the mean divergence from the mean, over parts as over the whole', () => {
  // p = (3/4, 1/4) and (1/4, 3/4): KL to (1/2, 1/2) is ln 2 - H(1/4) each.
  const rows = [
    [Math.log(3), 0],
    [0, Math.log(3)],
  ];
  const expected = 2 * 0.75 ** 0.75 * 0.25 ** 0.25;
  expect(classifierScore([sumsOf(rows)])).toBeCloseTo(expected, 7);
  expect(classifierScore(rows.map((row) => sumsOf([row])))).toBeCloseTo(expected, 7);
});

test('needs a sample', () => {
  expect(() => classifierScore([emptyScore(2)])).toThrow('at least 1 sample, got 0');
});

test('a logit of -Infinity is a class of probability 0', () => {
  const sums = emptyScore(3);
  addToScore(sums, Float32Array.of(0, 0, Number.NEGATIVE_INFINITY));
  addToScore(sums, Float32Array.of(Number.NEGATIVE_INFINITY, 0, Number.NEGATIVE_INFINITY));
  // Entropies ln 2 and 0; the mean is (1/4, 3/4, 0).
  const mixed = -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75));
  expect(classifierScore([sums])).toBeCloseTo(Math.exp(mixed - Math.log(2) / 2), 12);
});
