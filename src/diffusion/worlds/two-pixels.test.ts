import { describe, expect, test } from 'vitest';
import { evenly } from './line';
import {
  drawTwoPixels,
  enlarge,
  isInWorld,
  isTrueToSmall,
  PIXEL_STD,
  TWO_PIXELS,
  type TwoPixelPicture,
} from './two-pixels';

const draw = (augmentation: number, bias: number) =>
  drawTwoPixels({ augmentation, bias, numSteps: 16, samples: 300 });
const share = (pictures: readonly TwoPixelPicture[], has: (picture: TwoPixelPicture) => boolean) =>
  pictures.filter(has).length / pictures.length;

/** E[x0 | x, low] by adding up over a grid of pictures. */
function byGrid(x: readonly [number, number], sigma: number, low: number, augmentation: number) {
  const angle = (Math.PI / 2) * augmentation;
  const square = (value: number, std: number) => (value / std) ** 2;
  let [total, left, right] = [0, 0, 0];
  const places = evenly(-1.1, 1.1, 441);
  for (const a of places) {
    for (const b of places) {
      const prior = TWO_PIXELS.reduce((sum, { weight, mean, detail }) => {
        const [u, v] = [a - mean - detail, b - mean + detail];
        return sum + weight * Math.exp(-(square(u, PIXEL_STD) + square(v, PIXEL_STD)) / 2);
      }, 0);
      const squares =
        square(x[0] - a, sigma) +
        square(x[1] - b, sigma) +
        square(low - (Math.cos(angle) * (a + b)) / 2, Math.sin(angle));
      const p = prior * Math.exp(-squares / 2);
      total += p;
      left += p * a;
      right += p * b;
    }
  }
  return [left / total, right / total];
}

describe('the exact second stage', () => {
  test.each([
    { x: [0.3, -0.4], sigma: 0.5, low: -0.3, augmentation: 0.1 },
    { x: [-0.6, -0.1], sigma: 0.2, low: 0.2, augmentation: 0.3 },
    { x: [1.5, 2], sigma: 3, low: 0.1, augmentation: 0.6 },
    { x: [0.1, 0.4], sigma: 0.4, low: -0.7, augmentation: 1 },
  ] as const)('is the mean of the pictures that fit, $x at $augmentation', async (at) => {
    const { x, sigma, low, augmentation } = at;
    const rows = {
      low: { data: Float32Array.of(low), dims: [1, 1, 1] },
      augmentation: { data: Float32Array.of(augmentation), dims: [] },
    };
    const made = await enlarge(Float32Array.from(x), Float32Array.of(sigma), rows);
    byGrid(x, sigma, low, augmentation).forEach((value, i) => {
      expect(made[i]).toBeCloseTo(value, 3);
    });
  });

  test('takes a picture without noise at its word', async () => {
    const rows = {
      low: { data: Float32Array.of(-0.2), dims: [1, 1, 1] },
      augmentation: { data: Float32Array.of(0), dims: [] },
    };
    const [left, right] = await enlarge(Float32Array.of(0.9, 0.1), Float32Array.of(0.7), rows);
    expect((left! + right!) / 2).toBeCloseTo(-0.2, 6);
  });
});

describe('a cascade of two stages', () => {
  test('without fault and noise draws pictures whose mean is the small one', async () => {
    const pictures = await draw(0, 0);
    expect(share(pictures, isInWorld)).toBeGreaterThan(0.96);
    for (const { small, mean } of pictures) expect(mean).toBeCloseTo(small, 2);
    // Both kinds of dark pictures: the detail is the second stage's own choice.
    const dark = pictures.filter(({ mean }) => mean < 0);
    expect(share(dark, ({ detail }) => detail > 0)).toBeGreaterThan(0.35);
    expect(share(dark, ({ detail }) => detail > 0)).toBeLessThan(0.65);
    expect(share(pictures, ({ mean }) => mean < 0)).toBeGreaterThan(0.6);
  });

  test('a little augmentation repairs what the first stage does wrong', async () => {
    const [none, some] = await Promise.all([draw(0, 0.2), draw(0.1, 0.2)]);
    expect(share(none, isInWorld)).toBeLessThan(0.1);
    expect(share(none, isTrueToSmall)).toBe(1);
    expect(share(some, isInWorld)).toBeGreaterThan(0.9);
    expect(share(some, isTrueToSmall)).toBeGreaterThan(0.9);
  });

  test('much of it, and the small picture is forgotten', async () => {
    const [some, much, all] = await Promise.all([0.1, 0.4, 1].map((level) => draw(level, 0.2)));
    const kept = [some, much, all].map((pictures) => share(pictures!, isTrueToSmall));
    expect(kept[0]).toBeGreaterThan(kept[1]!);
    expect(kept[1]).toBeGreaterThan(kept[2]!);
    // 2/3 dark and 1/3 bright, drawn anew: they agree by chance in 5 of 9.
    expect(kept[2]).toBeGreaterThan(0.45);
    expect(kept[2]).toBeLessThan(0.66);
    expect(share(all!, isInWorld)).toBeGreaterThan(0.95);
  });
});
