import { describe, expect, test } from 'vitest';
import { DEFAULT_COLUMN } from '../../settings/column';
import { wipePair, wipeWith } from './wipe';

const columns = (count: number) => Array.from({ length: count }, () => DEFAULT_COLUMN);

describe('the two columns of the wipe', () => {
  test.each([
    { wipe: [0, 1], count: 2, pair: [0, 1] },
    { wipe: [2, 0], count: 3, pair: [2, 0] },
    { wipe: [0, 3], count: 2, pair: [0, 1] },
    { wipe: [3, 3], count: 2, pair: [1, 0] },
    { wipe: [0, 0], count: 4, pair: [0, 1] },
    { wipe: [0, 1], count: 1, pair: undefined },
  ] as const)('$wipe of $count columns are $pair', ({ wipe, count, pair }) => {
    expect(wipePair({ wipe, columns: columns(count) })).toEqual(pair);
  });

  test.each([
    { side: 0, column: 2, pair: [2, 1] },
    { side: 1, column: 2, pair: [0, 2] },
    { side: 0, column: 1, pair: [1, 0] },
    { side: 1, column: 0, pair: [1, 0] },
  ] as const)('of 0 and 1, side $side becomes $column: $pair', ({ side, column, pair }) => {
    expect(wipeWith([0, 1], side, column)).toEqual(pair);
  });
});
