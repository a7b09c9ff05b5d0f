import { describe, expect, test } from 'vitest';
import {
  fillGaussian,
  firstSeed,
  gaussian,
  pageSeedOf,
  philox,
  randomLabels,
  sampleSeed,
  uniform,
} from './random';

describe('philox', () => {
  // Known answers of the authors' Random123 library (kat_vectors, philox4x32 10 rounds).
  test.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('counter %j, key %j', (counter, key, expected) => {
    const out = new Uint32Array(4);
    philox(Uint32Array.from(counter), Uint32Array.from(key), out);
    expect([...out]).toEqual(expected);
  });
});

describe('randomLabels', () => {
  test('each is a function of its seed and the step, whatever else is drawn', () => {
    const together = randomLabels([5, 6, 7], 3, 10);
    expect(together).toEqual([5, 6, 7].map((seed) => randomLabels([seed], 3, 10)[0]));
    const many = (step: number) =>
      randomLabels(
        Array.from({ length: 50 }, (_, i) => i),
        step,
        10,
      );
    expect(many(3)).not.toEqual(many(4));
    expect(many(3)).toEqual(many(3));
  });

  test('all labels are as frequent, and follow from nothing', () => {
    const seeds = Array.from({ length: 8000 }, (_, i) => i);
    const drawn = randomLabels(seeds, 0, 4);
    for (const label of [0, 1, 2, 3]) {
      const count = drawn.filter((one) => one === label).length;
      // Four standard deviations of a binomial count.
      expect(Math.abs(count - 2000)).toBeLessThan(4 * Math.sqrt(1500));
    }
    const again = randomLabels(seeds, 1, 4);
    const equal = drawn.filter((label, i) => label === again[i]).length;
    expect(Math.abs(equal - 2000)).toBeLessThan(4 * Math.sqrt(1500));
  });

  test('says what does not fit', () => {
    expect(() => randomLabels([1], 0, 0)).toThrow('got 0');
    expect(() => randomLabels([1], -1, 3)).toThrow('got -1');
    expect(() => randomLabels([-1], 0, 3)).toThrow('got -1');
  });
});

test('uniform stays inside (0, 1)', () => {
  expect(uniform(0)).toBeGreaterThan(0);
  expect(uniform(2 ** 32 - 1)).toBeLessThan(1);
});

function moment(values: Float32Array, power: number): number {
  return values.reduce((total, value) => total + value ** power, 0) / values.length;
}

function correlation(a: Float32Array, b: Float32Array): number {
  return a.reduce((total, value, i) => total + value * b[i]!, 0) / a.length;
}

describe('gaussian', () => {
  const n = 200_000;
  const values = gaussian(7, 0, n);

  // Tolerances: 4 standard errors of each moment (variances 1, 2, 15, 96 over n).
  test('has the moments of N(0, 1)', () => {
    expect(Math.abs(moment(values, 1))).toBeLessThan(4 * Math.sqrt(1 / n));
    expect(Math.abs(moment(values, 2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(moment(values, 3))).toBeLessThan(4 * Math.sqrt(15 / n));
    expect(Math.abs(moment(values, 4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
  });

  test('has the tail of N(0, 1): 0.27 % beyond 3', () => {
    const share = values.filter((value) => Math.abs(value) > 3).length / n;
    expect(Math.abs(share - 0.0027)).toBeLessThan(4 * Math.sqrt(0.0027 / n));
  });

  test.each([
    ['the next element', values.subarray(1), values.subarray(0, n - 1)],
    ['the next seed', values, gaussian(8, 0, n)],
    ['the next step', values, gaussian(7, 1, n)],
    ['the starting noise', values, gaussian(7, -1, n)],
    ['seed and step exchanged', gaussian(0, 7, n), values],
  ])('is independent of %s', (_name, a, b) => {
    expect(Math.abs(correlation(a, b))).toBeLessThan(4 / Math.sqrt(n));
  });

  test('depends on seed, stream and index only', () => {
    expect(gaussian(7, 0, 10)).toEqual(values.slice(0, 10));
    gaussian(3, 5, 6);
    expect(gaussian(7, 0, 3)).toEqual(values.slice(0, 3));
    const filled = new Float32Array(5);
    fillGaussian(filled, 7, 0);
    expect(filled).toEqual(values.slice(0, 5));
  });

  // A link that names a seed must give the same picture in a year: these numbers may not change.
  test('is fixed for all time', () => {
    expect([...gaussian(1234, -1, 3)]).toEqual([
      1.0302925109863281, 0.7465469241142273, -0.8940849900245667,
    ]);
  });

  test('takes every seed of 32 bits', () => {
    expect(gaussian(2 ** 32 - 1, 0, 4)).not.toEqual(gaussian(0, 0, 4));
    for (const seed of [-1, 2 ** 32, 1.5, Number.NaN]) {
      expect(() => gaussian(seed, 0, 1)).toThrow(`4294967295, got ${seed}`);
    }
    for (const stream of [-2, 0.5, 2 ** 32 - 1]) {
      expect(() => gaussian(0, stream, 1)).toThrow(`got ${stream}`);
    }
  });
});

describe('the seeds of a page', () => {
  test('each has a first noise seed of its own, and every noise seed is the first of one', () => {
    const seeds = [
      0,
      1,
      7,
      8,
      42,
      2 ** 31,
      2 ** 32 - 1,
      ...Array.from({ length: 500 }, (_, k) => k * 8_589_934 + k),
    ];
    const firsts = seeds.map(firstSeed);
    expect(firsts.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(
      true,
    );
    expect(firsts.map(pageSeedOf)).toEqual(seeds);
    expect(seeds.map(pageSeedOf).map(firstSeed)).toEqual(seeds);
    expect(() => firstSeed(-1)).toThrow(RangeError);
    expect(() => pageSeedOf(2 ** 32)).toThrow(RangeError);
  });

  test('neighbours share none of 10 000 samples', () => {
    for (let seed = 0; seed < 1000; seed++) {
      const apart = Math.abs(firstSeed(seed + 1) - firstSeed(seed));
      expect(Math.min(apart, 2 ** 32 - apart), String(seed)).toBeGreaterThanOrEqual(10_000);
    }
  });

  test('samples count on from the first, around the end of the range', () => {
    expect([0, 1, 63].map((k) => sampleSeed(42, k) - firstSeed(42))).toEqual([0, 1, 63]);
    expect(sampleSeed(pageSeedOf(2 ** 32 - 1), 1)).toBe(0);
  });
});
