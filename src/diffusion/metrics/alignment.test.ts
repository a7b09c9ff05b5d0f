import { expect, test } from 'vitest';
import { alignments } from './alignment';

/** Two prompts: two tokens that point along x and y, one token along y; the third place is empty. */
const states = {
  text: Float32Array.of(2, 0, 0, 2, 9, 9, 0, 3, 9, 9, 9, 9),
  mask: Float32Array.of(1, 1, 0, 1, 0, 0),
  tokens: 3,
  width: 2,
};

test('the cosine of a picture and the mean of its prompt’s tokens', () => {
  const pictures = Float32Array.of(5, 5, 0, -1, 1, 0);
  const fits = alignments(pictures, [0, 1, 1], states);
  expect(fits.map((value) => Number(value.toFixed(6)))).toEqual([1, -1, 0]);
});

test('none where no prompt was asked for, or an empty one', () => {
  const empty = { ...states, mask: new Float32Array(6) };
  expect(alignments(Float32Array.of(1, 0), [2], states)).toEqual([Number.NaN]);
  expect(alignments(Float32Array.of(1, 0), [0], empty)).toEqual([Number.NaN]);
});
