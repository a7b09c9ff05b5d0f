import { expect, test } from 'vitest';
import { manifolds } from './precision-recall';

/** Points on a line at 0, 1, 2, …; the third neighbour is 2 away inside, 3 at the ends. */
const line = (count: number, start = 0) =>
  Float32Array.from({ length: count }, (_, i) => start + i);

test('a copy of the real features has precision and recall 1', () => {
  const { add, precision, recall } = manifolds(line(20), 1);
  line(20).forEach((value, i) => {
    add(Float32Array.of(value), i % 10);
  });
  expect(precision()).toBe(1);
  expect(recall()).toBe(1);
});

test('precision counts samples in reach of real features, recall real features in reach of samples', () => {
  // Real features 0 … 19; samples 17 … 26: those up to 19 + 3 are inside, and their own balls
  // reach back 3 from the end at 17.
  const { add, precision, recall } = manifolds(line(20), 1);
  line(10, 17).forEach((value, i) => {
    add(Float32Array.of(value), i);
  });
  expect(precision()).toBeCloseTo(6 / 10, 12);
  expect(recall()).toBeCloseTo(6 / 20, 12);
});

test('leaving a group out is measuring without its samples', () => {
  const values = Array.from({ length: 60 }, (_, i) => 25 * Math.sin(12.9898 * i) ** 2 - 4);
  const all = manifolds(line(20), 1);
  values.forEach((value, i) => {
    all.add(Float32Array.of(value), i % 10);
  });
  for (const without of [0, 7]) {
    const rest = manifolds(line(20), 1);
    values.forEach((value, i) => {
      if (i % 10 !== without) rest.add(Float32Array.of(value), i % 10);
    });
    expect(all.precision(without)).toBe(rest.precision());
    expect(all.recall(without)).toBe(rest.recall());
  }
});

test('undefined while there are too few samples', () => {
  const { add, precision, recall } = manifolds(line(20), 1);
  expect([precision(), recall()]).toEqual([undefined, undefined]);
  for (const value of [5, 6, 7]) add(Float32Array.of(value), 0);
  expect([precision(), recall()]).toEqual([1, undefined]);
  add(Float32Array.of(8), 1);
  expect(recall()).toBeDefined();
  expect(recall(1)).toBeUndefined();
});

test('refuses what does not fit', () => {
  expect(() => manifolds(line(3), 1)).toThrow('more than 3 vectors of 1 features, got 3 numbers');
  expect(() => manifolds(line(20), 2).add(line(3), 0)).toThrow('must have 2 features, got 3');
});

test('samples with infinite features reach nothing, and are in no manifold', () => {
  const real = Float32Array.from({ length: 20 }, (_, i) => i);
  const lost = manifolds(real, 2);
  for (let k = 0; k < 6; k++) lost.add(Float32Array.of(Number.POSITIVE_INFINITY, k), k);
  expect([lost.precision(), lost.recall()]).toEqual([0, 0]);
  for (let k = 0; k < 3; k++) lost.add(Float32Array.of(2 * k, 2 * k + 1), k);
  expect([lost.precision(), lost.recall()], 'three have no balls').toEqual([3 / 9, 0]);
});
