import { describe, expect, test } from 'vitest';
import { rescaled, stepsCurve, TABLE_1, TABLE_2, weightCurve } from './paper-tables';
import { PAPER_WEIGHTS } from './points';

test('both tables are of the paper’s grid, and end as printed', () => {
  for (const { rows } of [TABLE_1, TABLE_2]) {
    expect(rows.map(({ w }) => w)).toEqual(PAPER_WEIGHTS);
  }
  expect(TABLE_1.rows.at(-1)).toEqual({
    w: 4,
    fid: [26.22, 23.84, 21.48],
    inceptionScore: [260.2, 248.97, 225.1],
  });
  expect(TABLE_2.rows[3]?.fid).toEqual([3.04, 2.43, 2.43]);
  for (const { rows } of [TABLE_1, TABLE_2]) {
    for (const column of [0, 1, 2]) {
      // But for rounding in the first rows, the score only rises.
      const scores = rows.map(({ inceptionScore }) => inceptionScore[column]!);
      expect(scores).toEqual(scores.toSorted((a, b) => a - b));
    }
  }
});

test('the nearest column and row', () => {
  expect(weightCurve(0.15).pUncond).toBe(0.1);
  expect(weightCurve(0.4).pUncond).toBe(0.5);
  expect(weightCurve(0.2).points[1]).toEqual({
    value: 0.1,
    frechetDistance: 1.62,
    classifierScore: 64.58,
  });
  expect(stepsCurve(0.31)).toMatchObject({
    w: 0.3,
    points: [
      { value: 128, frechetDistance: 3.04, classifierScore: 156.09 },
      { value: 256 },
      { value: 1024 },
    ],
  });
});

describe('rescaled', () => {
  const { points } = weightCurve(0.1);
  const own = (value: number, frechetDistance: number, classifierScore: number) => ({
    value,
    frechetDistance,
    classifierScore,
  });

  test('the ranges over the common values are laid on each other', () => {
    const scaled = rescaled(points, [own(0, 5, 10), own(1, 9, 14), own(4, 25, 20)]);
    const at = (w: number) => scaled.find(({ value }) => value === w)!;
    expect(at(0)).toEqual({ value: 0, frechetDistance: 5, classifierScore: 10 });
    expect(at(4)).toEqual({ value: 4, frechetDistance: 25, classifierScore: 20 });
    expect(at(1).classifierScore).toBeCloseTo(10 + (10 * (170.1 - 53.71)) / (260.2 - 53.71), 9);
    // The dip at w = 0.1 stays a dip.
    expect(at(0.1).frechetDistance).toBeLessThan(5);
  });

  test('only over the values that the page’s curve covers', () => {
    const scaled = rescaled(points, [own(0.2, 5, 10), own(1, 9, 14)]);
    expect(scaled.map(({ value }) => value)).toEqual([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  });

  test('several curves to the scale of one', () => {
    const ours = [own(0, 5, 10), own(4, 25, 20)];
    const half = rescaled(weightCurve(0.5).points, ours, points);
    expect(half[0]!.frechetDistance).toBeCloseTo(5 + (20 * (2.21 - 1.8)) / (26.22 - 1.8), 9);
    expect(half.at(-1)!.classifierScore).toBeLessThan(20);
  });

  test('one common value: the figures are multiplied; none: nothing is drawn', () => {
    const [only] = rescaled(points, [own(1, 6.3, 17.01), own(1.5, 9, 20)]);
    expect(only?.frechetDistance).toBeCloseTo(6.3, 9);
    expect(only?.classifierScore).toBeCloseTo(17.01, 9);
    expect(rescaled(points, [own(1.5, 1, 1)])).toEqual([]);
    expect(
      rescaled(points, [{ value: 1, frechetDistance: undefined, classifierScore: 3 }]),
    ).toEqual([]);
    expect(rescaled(points, [])).toEqual([]);
  });
});
