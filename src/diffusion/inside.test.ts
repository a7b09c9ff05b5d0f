import { describe, expect, test } from 'vitest';
import { arrayFields } from './fields';
import { differences, gradientAgreement, saturatedShares } from './inside';
import { gaussian } from './random';

const SIZE = 48;
const fields = arrayFields({ seeds: [1, 2], sampleSize: SIZE });

function field(value: (i: number) => number) {
  const made = fields.empty();
  made.data.set(Array.from({ length: 2 * SIZE }, (_, i) => value(i)));
  return made;
}

/** Numbers of sample b, for the computations by hand. */
const sampleOf = ({ data }: { data: Float32Array }, b: number) =>
  Array.from(data.subarray(b * SIZE, (b + 1) * SIZE));
const minus = (a: number[], b: number[]) => a.map((value, i) => value - b[i]!);
const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const norm = (a: number[]) => Math.hypot(...a);
const times = (a: number[], factor: number) => a.map((value) => value * factor);

describe('differences', () => {
  test.each([0.002, 1.7, 80])('equal those of the pictures themselves, sigma %d', (sigma) => {
    const normal = gaussian(7, 0, 6 * SIZE);
    const c = field((i) => Math.tanh(normal[i]!));
    const u = field((i) => Math.tanh(normal[i]! + 0.3 * normal[2 * SIZE + i]!));
    const x = field((i) => c.data[i]! + sigma * normal[4 * SIZE + i]!);
    const found = differences(fields.gram([x, c, u]), sigma);
    for (const b of [0, 1]) {
      const [X, C, U] = [x, c, u].map((f) => sampleOf(f, b)) as [number[], number[], number[]];
      const epsC = times(minus(X, C), 1 / sigma);
      const epsU = times(minus(X, U), 1 / sigma);
      const difference = minus(epsC, epsU);
      const delta = minus(C, U);
      const along = times(C, dot(delta, C) / dot(C, C));
      const { norm: length, angle, parallel, orthogonal } = found[b]!;
      expect(length / norm(difference)).toBeCloseTo(1, 6);
      const cos = dot(difference, epsC) / (norm(difference) * norm(epsC));
      expect(angle).toBeCloseTo((Math.acos(cos) * 180) / Math.PI, 3);
      expect(Math.abs(parallel)).toBeCloseTo(norm(along), 6);
      expect(Math.sign(parallel)).toBe(Math.sign(dot(delta, C)));
      expect(orthogonal).toBeCloseTo(norm(minus(delta, along)), 6);
    }
  });

  test('of equal predictions are zero, without an angle', () => {
    const c = field((i) => Math.sin(i));
    const x = field((i) => Math.cos(i));
    expect(differences(fields.gram([x, c, c]), 2)[0]).toEqual({
      norm: 0,
      angle: Number.NaN,
      parallel: 0,
      orthogonal: 0,
    });
  });

  test('along an estimate of zero nothing is parallel', () => {
    const zero = field(() => 0);
    const u = field(() => 0.5);
    const [{ parallel, orthogonal }] = differences(fields.gram([u, zero, u]), 1) as [
      ReturnType<typeof differences>[0],
    ];
    expect(parallel).toBe(0);
    expect(orthogonal).toBeCloseTo(0.5 * Math.sqrt(SIZE), 9);
  });
});

test('the agreement of gradients is the cosine of (c - u)/sigma² and g', () => {
  const c = field((i) => Math.sin(i));
  const u = field((i) => Math.sin(2 * i));
  const g = field((i) => (i < SIZE ? Math.cos(i) : 3 * (Math.sin(2 * i) - Math.sin(i))));
  const [first, second] = gradientAgreement(fields.gram([c, u, g]));
  const [C, U, G] = [c, u, g].map((f) => sampleOf(f, 0)) as [number[], number[], number[]];
  expect(first).toBeCloseTo(dot(minus(C, U), G) / (norm(minus(C, U)) * norm(G)), 9);
  expect(second).toBeCloseTo(-1, 9);
  expect(gradientAgreement(fields.gram([c, c, g]))).toEqual([Number.NaN, Number.NaN]);
});

test('saturated is what lies outside [-1, 1] by more than the tolerance', () => {
  const data = Float32Array.of(-2, -1.005, -1, 0, 1.02, 1.5, 1, 0.5);
  expect(saturatedShares(data, 2)).toEqual([1 / 4, 2 / 4]);
  expect(saturatedShares(data, 2, 0.1)).toEqual([1 / 4, 1 / 4]);
});
