import { describe, expect, test } from 'vitest';
import { type ColumnSettings, DEFAULT_COLUMN } from './column';
import { courseOf, curveScale, flattened, stroked } from './curve';

const column = (changes: Partial<ColumnSettings>): ColumnSettings => ({
  ...DEFAULT_COLUMN,
  guidanceScale: 3,
  numSteps: 4,
  ...changes,
});
const range = { sigma: { min: 0.002, max: 80 } };

describe('the course of a column', () => {
  test('is its scale, its shape or its curve, one scale a step', () => {
    expect(courseOf(column({}), range).scales).toEqual([3, 3, 3, 3]);
    expect(courseOf(column({ shape: 'rising' }), range).scales).toEqual([1.5, 2.5, 3.5, 4.5]);
    const drawn = column({ shape: 'rising', curve: [1, 5, 2, 8] });
    expect(courseOf(drawn, range).scales).toEqual([1, 5, 2, 8]);
    expect(courseOf({ ...drawn, numSteps: 2 }, range).scales, 'resampled').toEqual([3, 5]);
  });

  test('has no guidance outside the interval', () => {
    const { sigmas, scales, effective, guided } = courseOf(
      column({ curve: [2, 3, 4, 5], interval: [0.01, 20] }),
      range,
    );
    expect(sigmas).toHaveLength(4);
    expect(sigmas[0]).toBe(80);
    expect(scales).toEqual([2, 3, 4, 5]);
    expect(effective).toEqual(
      sigmas.map((sigma, i) => (sigma > 0.01 && sigma <= 20 ? scales[i] : 1)),
    );
    expect(guided).toEqual(sigmas.map((sigma) => sigma > 0.01 && sigma <= 20));
    expect(new Set(guided).size).toBe(2);
  });
});

describe('a stroke', () => {
  test('sets each step that it passes to the height of the line there', () => {
    expect(stroked([1, 1, 1, 1, 1], [0, 2], [4, 6])).toEqual([2, 3, 4, 5, 6]);
    expect(stroked([1, 1, 1, 1, 1], [3, 6], [1, 2])).toEqual([1, 2, 4, 6, 1]);
    expect(stroked([1, 1, 1], [1, 9], [1, 4]), 'up and down on one step').toEqual([1, 4, 1]);
  });

  test('keeps what the address can: its range and its digits', () => {
    expect(stroked([1, 1, 1], [0, -99], [2, 99])).toEqual([-2, 0, 15]);
    expect(curveScale(1 / 3)).toBe(0.3333);
  });
});

test('a flattened curve guides as much in all', () => {
  expect(flattened([1, 2, 3, 8])).toEqual([3.5, 3.5, 3.5, 3.5]);
});
