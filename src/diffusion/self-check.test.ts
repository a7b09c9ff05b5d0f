import { describe, expect, test } from 'vitest';
import { checkDifference, checkedPlaces, checkInputs, makeCheck } from './self-check';

const inputs = { seed: 3, sigmas: [0.5, 80, 0.02], labels: [0, 2, 1] };
const size = 100;
const network = (side: number) => ({
  shape: [1, side, side] as const,
  classes: ['a', 'b'],
  sigma: { data: 0.5 },
});

describe('the self-check of a network', () => {
  test('asks the same of every row, whatever the batch', () => {
    const three = checkInputs(inputs, 3, network(10));
    const five = checkInputs(inputs, 5, network(10));
    expect(five.x.subarray(0, 3 * size)).toEqual(three.x);
    expect(five.x.subarray(3 * size)).toEqual(three.x.subarray(0, 2 * size));
    expect([...five.sigma]).toEqual([0.5, 80, 0.02, 0.5, 80].map(Math.fround));
    expect([...three.conditioning.label!.data]).toEqual([1, 0, 0, 0, 0, 1, 0, 1, 0]);
  });

  test('scales the noise to what a network sees at each level', () => {
    const { x } = checkInputs(inputs, 3, network(100));
    for (const [row, sigma] of inputs.sigmas.entries()) {
      const numbers = x.subarray(row * 10_000, (row + 1) * 10_000);
      const meanSquare = numbers.reduce((sum, n) => sum + n * n, 0) / 10_000;
      expect(Math.sqrt(meanSquare) / Math.hypot(sigma, 0.5)).toBeCloseTo(1, 1);
    }
  });

  test('has a text of as many tokens as the label says, and a picture to enlarge', () => {
    const { conditioning } = checkInputs(inputs, 3, {
      ...network(10),
      conditioning: ['text', 'mask', 'low', 'augmentation', 'perturb'],
      prompts: { tokens: 2, width: 5 },
    });
    expect([...conditioning.mask!.data]).toEqual([0, 0, 1, 1, 1, 0]);
    const dims = Object.values(conditioning).map((rows) => rows.dims);
    expect(dims).toEqual([[2, 5], [2], [1, 5, 5], [], []]);
    expect(conditioning.text!.data).toHaveLength(3 * 2 * 5);
    expect(conditioning.low!.data).toHaveLength(3 * 25);
    expect([...conditioning.augmentation!.data]).toEqual(Array(3).fill(Math.fround(0.2)));
    expect([...conditioning.perturb!.data]).toEqual([0, 0, 0]);
  });

  test('names an input that it knows nothing of', () => {
    const other = { ...network(10), conditioning: ['depth'] };
    expect(() => checkInputs(inputs, 3, other)).toThrow(
      'must be of label, text, mask, low, augmentation, scale, perturb, got "depth"',
    );
  });

  test('looks at 64 places over the whole picture, or at all of a small one', () => {
    expect(checkedPlaces(9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const places = checkedPlaces(12_288);
    expect(new Set(places).size).toBe(64);
    expect(places[0]).toBe(96);
    expect(places.at(-1)).toBe(12_192);
  });

  test('tells by how much an answer differs at most, in any row, and NaN', () => {
    const denoised = Float32Array.from({ length: 3 * size }, (_, i) => Math.sin(i));
    const check = makeCheck(inputs, denoised, size);
    expect(checkDifference(check, denoised, size)).toBeLessThan(1e-5);
    // More rows than the check has begin with its first again.
    const four = Float32Array.from({ length: 4 * size }, (_, i) => denoised[i % (3 * size)]!);
    expect(checkDifference(check, four, size)).toBeLessThan(1e-5);
    const place = checkedPlaces(size)[5]!;
    four[3 * size + place]! += 0.25;
    expect(checkDifference(check, four, size)).toBeCloseTo(0.25, 4);
    four[size + place] = Number.NaN;
    expect(checkDifference(check, four, size)).toBeNaN();
  });
});
