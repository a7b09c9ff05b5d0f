import { expect, test } from 'vitest';
import { stepsCurve, TABLE_1, TABLE_2, weightCurve } from './paper-tables';
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
