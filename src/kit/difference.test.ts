import { describe, expect, test } from 'vitest';
import { differencePixels, meanAbsoluteDifference } from './difference';

const colours = { minus: [0, 0, 255], zero: [255, 255, 255], plus: [255, 0, 0] } as const;

/** RGBA of the pixels of sample `index` of b - a, two samples of one pixel each. */
function pixel(a: number, b: number): number[] {
  const pictures = [Uint8Array.of(9, a), Uint8Array.of(9, b)] as const;
  return [...differencePixels(...pictures, 1, [1, 1, 1], colours)];
}

describe('the difference of two pictures', () => {
  test('is a mean of absolute values, in the units of [-1, 1]', () => {
    expect(meanAbsoluteDifference(Uint8Array.of(0, 255), Uint8Array.of(255, 0))).toBeCloseTo(2);
    expect(meanAbsoluteDifference(Uint8Array.of(0, 51), Uint8Array.of(51, 51))).toBeCloseTo(0.2);
    expect(meanAbsoluteDifference(Uint8Array.of(7, 8), Uint8Array.of(7, 8))).toBe(0);
  });

  test('is paper where there is none, and an end colour from ±1 on', () => {
    expect(pixel(80, 80)).toEqual([255, 255, 255, 255]);
    expect(pixel(0, 128)).toEqual([255, 0, 0, 255]);
    expect(pixel(0, 255)).toEqual([255, 0, 0, 255]);
    expect(pixel(255, 0)).toEqual([0, 0, 255, 255]);
  });

  test('is half way to the end colour at ±0.5', () => {
    const half = 255 / 4;
    expect(pixel(0, Math.round(half))[1]).toBeCloseTo(127, -0.5);
    expect(pixel(Math.round(half), 0)[0]).toBeCloseTo(127, -0.5);
  });

  test('of colour pictures is that of the channel that differs most', () => {
    const show = (from: number[], to: number[]) => [
      ...differencePixels(Uint8Array.from(from), Uint8Array.from(to), 0, [3, 1, 1], colours),
    ];
    const one = (from: number, to: number) => [
      ...differencePixels(Uint8Array.of(from), Uint8Array.of(to), 0, [1, 1, 1], colours),
    ];
    expect(show([255, 0, 0], [165, 45, 45])).toEqual(one(255, 165)); // red to a duller one
    expect(show([10, 20, 30], [15, 60, 10])).toEqual(one(20, 60));
  });
});
