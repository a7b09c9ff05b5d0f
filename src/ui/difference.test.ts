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

  test('of colour pictures is the mean over the channels', () => {
    const a = Uint8Array.of(0, 0, 0);
    const b = Uint8Array.of(255, 0, 0);
    const [, green] = differencePixels(a, b, 0, [3, 1, 1], colours);
    expect(green).toBeCloseTo(255 * (1 - 2 / 3), -0.5);
  });
});
