import { expect, test } from 'vitest';
import { signedPixels } from './signed-pixels';

const colours = { minus: [0, 0, 250], zero: [250, 250, 250], plus: [250, 0, 0] } as const;

test('zero in the middle, each sign its colour, by the size of the number', () => {
  const data = Int8Array.of(9, 9, 9, 9, 0, 127, -127, 64);
  const pixels = signedPixels(data, 1, [1, 2, 2], colours);
  const rgb = (i: number) => [...pixels.subarray(4 * i, 4 * i + 3)];
  expect(rgb(0)).toEqual([250, 250, 250]);
  expect(rgb(1)).toEqual([250, 0, 0]);
  expect(rgb(2)).toEqual([0, 0, 250]);
  expect(rgb(3)).toEqual([250, 124, 124]);
});

test('the channel of a colour picture that is furthest from 0', () => {
  const show = (...data: number[]) => [
    ...signedPixels(Int8Array.from(data), 0, [data.length, 1, 1], colours),
  ];
  expect(show(60, -127, 66)).toEqual(show(-127));
  expect(show(60, -10, 0)).toEqual(show(60));
});
